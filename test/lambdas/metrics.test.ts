import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Count } from '../../core/metrics.ts';
import { emfMetrics } from '../../lambdas/metrics.ts';
import { readEmf } from '../../local/cloudwatch/emf.ts';
import { contextOf } from './deployed.ts';

const { count, during } = emfMetrics('cameo');
const context = contextOf('servePhoto');

let written: string[];
beforeEach(() => {
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const invocation = (work: () => void) => during(context, async () => work());
const read = () =>
  written
    .flatMap((line) => readEmf(line) ?? [])
    .map(({ name, dimensions, values }) => [name, dimensions, values]);

describe('an invocation', () => {
  test('tells what it counted in one line, as long as nothing in it says different things', async () => {
    await invocation(() => {
      count('Answers', 1, { Answer: 'hit-memory' });
      count('AnswerTime', 0.123_456, { Kind: 'hit' });
      count('TimeToPhoto', 812, {});
    });

    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0] ?? '')).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'cameo',
            Dimensions: [['Answer']],
            Metrics: [{ Name: 'Answers', Unit: 'Count' }],
          },
          {
            Namespace: 'cameo',
            Dimensions: [['Kind']],
            Metrics: [{ Name: 'AnswerTime', Unit: 'Milliseconds' }],
          },
          {
            Namespace: 'cameo',
            Dimensions: [[]],
            Metrics: [{ Name: 'TimeToPhoto', Unit: 'Milliseconds' }],
          },
        ],
      },
      Answer: 'hit-memory',
      Answers: 1,
      Kind: 'hit',
      AnswerTime: 0.123,
      TimeToPhoto: 812,
      function_request_id: context.awsRequestId,
    });
    expect(written[0]).toMatch(/^\{"_aws":[^\n]+\}\n$/);
  });

  test('tells different values of one dimension in lines of their own, and mixes none up', async () => {
    const told: Parameters<Count>[] = [
      ['TelegramCalls', 1, { Method: 'getUserProfilePhotos', Outcome: 'ok' }],
      ['TelegramCalls', 1, { Method: 'getFile', Outcome: 'ok' }],
      ['TelegramCalls', 1, { Method: 'getFile', Outcome: 'transient' }],
      ['PictureBytes', 900, { Size: '64' }],
      ['PictureBytes', 9_000, { Size: '512' }],
      ['Photos', 1, { Outcome: 'stored' }],
    ];

    await invocation(() => {
      for (const given of told) count(...given);
    });

    expect(read().toSorted()).toEqual(
      told.map(([name, value, dimensions]) => [name, dimensions, [value]]).toSorted(),
    );
    expect(written).toHaveLength(4);
  });

  test('sums up what it counts, and keeps each value of what it measures', async () => {
    await invocation(() => {
      for (const bytes of [900, 1_100]) {
        count('PictureBytes', bytes, { Size: '64' });
        count('LeaseContention', 1, {});
      }
    });

    expect(read()).toEqual([
      ['PictureBytes', { Size: '64' }, [900, 1_100]],
      ['LeaseContention', {}, [2]],
    ]);
  });

  test('that counted nothing writes nothing', async () => {
    await invocation(() => {});

    expect(written).toEqual([]);
  });

  test('that fails tells what it counted before, and fails as it would', async () => {
    const failed = invocation(() => {
      count('LeaseContention', 1, {});
      throw new Error('no table');
    });

    await expect(failed).rejects.toThrow('no table');
    expect(read()).toEqual([['LeaseContention', {}, [1]]]);
  });

  test('has nothing of another one beside it', async () => {
    const gate = Promise.withResolvers<void>();
    const slow = during(context, async () => {
      await gate.promise;
      count('LeaseTakeovers', 1, {});
    });

    await invocation(() => count('LeaseContention', 1, {}));
    expect(read()).toEqual([['LeaseContention', {}, [1]]]);
    gate.resolve();
    await slow;
    expect(read().slice(1)).toEqual([['LeaseTakeovers', {}, [1]]]);
  });

  test('does not fail because nothing can be written', async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => {
      throw new Error('EPIPE');
    });
    const work = async () => {
      count('LeaseContention', 1, {});
      return 'answered';
    };

    expect(await during(context, work)).toBe('answered');
  });
});

test('what is not declared is not told, whatever the compiler was made to believe', async () => {
  const anything = count as unknown as (name: string, value: unknown, dimensions: object) => void;

  await invocation(() => {
    anything('Secrets', 1, {});
    anything('constructor', 1, {});
    anything('Answers', 1, { Answer: '123456:AAcanary' });
    anything('Answers', 1, { Answer: 'hit-s3', AvatarId: 'a' });
    anything('Answers', 1, {});
    anything('TimeToPhoto', Number.NaN, {});
    anything('TimeToPhoto', '7', {});
  });

  expect(written).toEqual([]);
});

test('the compiler takes no other metric, dimension or value', () => {
  const compiled = (given: Count) => {
    // @ts-expect-error: no such metric
    given('Secrets', 1, {});
    // @ts-expect-error: no such value
    given('Answers', 1, { Answer: 'miss' });
    // @ts-expect-error: a dimension is missing
    given('TelegramCalls', 1, { Method: 'getFile' });
    // @ts-expect-error: no such size
    given('PictureBytes', 1, { Size: '63' });
  };

  expect(() => compiled(() => {})).not.toThrow();
});
