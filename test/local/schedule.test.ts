import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { ScheduledEvent } from 'aws-lambda';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { type AwsClients, awsClients } from '../../local/aws.ts';
import { type Emulators, startEmulators } from '../../local/emulators.ts';
import { provision } from '../../local/provision.ts';
import { FIRST_RUN_AFTER_MS, type Schedule, startSchedule } from '../../local/schedule.ts';

const MINUTE_MS = 60_000;
const NOW = 1_800_000_000_000;
const dataDir = mkdtempSync(join(tmpdir(), 'cameo-schedule-'));
let emulators: Emulators;
let clients: AwsClients;
let deadLetterUrl: string;
beforeAll(async () => {
  emulators = await startEmulators({ dataDir });
  clients = awsClients(emulators);
  ({ deadLetterUrl } = (await provision(clients)).schedules.warm);
});
afterAll(async () => {
  await emulators.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A schedule of every five minutes with two retries, over a function that the test answers for. */
function scheduleOf(handler: (event: ScheduledEvent) => unknown): Schedule & { errors: unknown[] } {
  const errors: unknown[] = [];
  const schedule = startSchedule({
    sqs: clients.sqs,
    name: 'warm',
    schedule: { target: 'warmRecent', maximumRetries: 2 },
    everyMinutes: 5,
    timeoutSeconds: 30,
    handler,
    deadLetterUrl,
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => schedule.stop());
  return { ...schedule, errors };
}

/** Runs that the test ends one by one. */
function heldRuns() {
  const ends: PromiseWithResolvers<void>[] = [];
  const run = () => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  };
  return { ends, run };
}

/** Lets the time pass, and then everything that waits for nothing outside. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a schedule', () => {
  test('runs soon after the start and then at every interval', async () => {
    const times: number[] = [];
    scheduleOf(() => void times.push(Date.now() - NOW));

    await pass(FIRST_RUN_AFTER_MS + 10 * MINUTE_MS);

    const first = FIRST_RUN_AFTER_MS;
    expect(times).toEqual([first, first + 5 * MINUTE_MS, first + 10 * MINUTE_MS]);
  });

  test('gives the function the event that EventBridge Scheduler gives', async () => {
    const events: ScheduledEvent[] = [];
    const { runNow } = scheduleOf((event) => void events.push(event));

    runNow();

    expect(events).toEqual([
      expect.objectContaining({
        'detail-type': 'Scheduled Event',
        source: 'aws.scheduler',
        time: new Date(NOW).toISOString(),
      }),
    ]);
  });

  test('reports what it did and will do', async () => {
    const { run, ends } = heldRuns();
    const { report } = scheduleOf(run);
    const nextRunAtMs = NOW + FIRST_RUN_AFTER_MS;
    expect(report()).toEqual({ state: 'idle', everyMinutes: 5, lastRun: null, nextRunAtMs });

    await pass(FIRST_RUN_AFTER_MS);
    const during = report();
    await pass(1_000);
    ends[0]?.resolve();
    await pass(0);

    const later = nextRunAtMs + 5 * MINUTE_MS;
    expect(during).toEqual({
      state: 'running',
      everyMinutes: 5,
      lastRun: null,
      nextRunAtMs: later,
    });
    const lastRun = { endedAtMs: nextRunAtMs + 1_000, outcome: 'succeeded' };
    expect(report()).toEqual({ state: 'idle', everyMinutes: 5, lastRun, nextRunAtMs: later });
  });

  test('reports what the function answered, and nothing of the kind of a run that did not succeed', async () => {
    const answers = [{ looked: 3, asked: 1 }];
    const { runNow, report, stop } = scheduleOf(() => {
      const answer = answers.pop();
      if (!answer) throw new Error('broken');
      return answer;
    });
    runNow();
    await pass(0);
    expect(report().lastRun).toMatchObject({ answer: { looked: 3, asked: 1 } });

    runNow();
    await pass(0);
    await stop();

    expect(report().lastRun).toMatchObject({ outcome: 'stopped' });
    expect(report().lastRun).not.toHaveProperty('answer');
  });

  test('has one run at a time, however long it takes, and goes on afterwards', async () => {
    const { run, ends } = heldRuns();
    const { runNow } = scheduleOf(run);
    runNow();
    runNow();
    expect(ends).toHaveLength(1);

    await pass(FIRST_RUN_AFTER_MS);
    expect(ends).toHaveLength(1);
    ends[0]?.resolve();
    await pass(5 * MINUTE_MS);

    expect(ends).toHaveLength(2);
    ends[1]?.resolve();
  });
});

describe('a run that fails', () => {
  test('is tried again after one minute and after two, and is then a dead letter', async () => {
    const times: number[] = [];
    const { runNow, report, errors, stop } = scheduleOf(() => {
      times.push(Date.now() - NOW);
      throw new Error('broken');
    });
    runNow();
    await pass(0);
    expect(report().state).toBe('waiting');

    await pass(3 * MINUTE_MS);
    await stop();

    expect(times).toEqual([0, MINUTE_MS, 3 * MINUTE_MS]);
    expect(errors).toHaveLength(3);
    expect(report()).toMatchObject({ state: 'idle', lastRun: { outcome: 'failed' } });
    expect(await deadLetters()).toBe(1);
  });

  test('is tried again at once by whoever does not want to wait', async () => {
    let calls = 0;
    const { runNow, report } = scheduleOf(() => {
      if (++calls === 1) throw new Error('broken');
    });
    runNow();
    await pass(0);

    runNow();
    await pass(0);

    expect(calls).toBe(2);
    expect(report()).toMatchObject({ state: 'idle', lastRun: { outcome: 'succeeded' } });
    await pass(FIRST_RUN_AFTER_MS);
    expect(calls).toBe(3);
  });
});

describe('stop', () => {
  test('waits for what runs, and nothing runs afterwards', async () => {
    const { run, ends } = heldRuns();
    const { runNow, stop } = scheduleOf(run);
    const steps: string[] = [];
    runNow();

    const stopped = stop().then(() => steps.push('stopped'));
    await pass(1_000);
    steps.push('ended');
    ends[0]?.resolve();
    await stopped;
    runNow();
    await pass(60 * MINUTE_MS);

    expect(steps).toEqual(['ended', 'stopped']);
    expect(ends).toHaveLength(1);
  });

  test('does not wait for the next try, nor make it', async () => {
    let calls = 0;
    const { runNow, stop } = scheduleOf(() => {
      calls++;
      throw new Error('broken');
    });
    runNow();
    await pass(0);

    await stop();
    await pass(60 * MINUTE_MS);

    expect(calls).toBe(1);
  });
});

async function deadLetters(): Promise<number> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: deadLetterUrl,
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
  const { Attributes } = await clients.sqs.send(command);
  return Number(Attributes?.ApproximateNumberOfMessages);
}
