import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { TelegramThrottled } from '../../core/errors.ts';
import { printable } from '../../lambdas/printable.ts';
import { awsClients } from '../../local/aws.ts';
import { type Emulators, startEmulators } from '../../local/emulators.ts';

const SECRET = 'AAcanary_canary-canary_canary-canary';
const TOKEN = `123456789:${SECRET}`;

describe('an error', () => {
  test('is told with its class, message, stack and own fields', () => {
    const error = new TelegramThrottled(35);

    expect(printable(error)).toEqual({
      name: 'TelegramThrottled',
      message: 'Telegram asked for a pause of 35 s',
      stack: error.stack,
      retryAfterSeconds: 35,
    });
  });

  test('is told with its causes, as deep as they go', () => {
    const root = new RangeError('root');
    const error = new Error('top', { cause: new TypeError('middle', { cause: root }) });

    expect(printable(error)).toMatchObject({
      message: 'top',
      cause: {
        name: 'TypeError',
        message: 'middle',
        cause: { name: 'RangeError', message: 'root', stack: root.stack },
      },
    });
  });

  test('of several is told with all of them', () => {
    const several = [new TypeError('one'), 'two', new AggregateError([new RangeError('three')])];

    expect(printable(new AggregateError(several, 'all failed'))).toMatchObject({
      name: 'AggregateError',
      message: 'all failed',
      errors: [
        { name: 'TypeError', message: 'one' },
        'two',
        { errors: [{ name: 'RangeError', message: 'three' }] },
      ],
    });
  });

  test('that is its own cause ends there', () => {
    const error = new Error('round');
    error.cause = { of: error };

    expect(printable(error)).toMatchObject({ message: 'round', cause: { of: '[circular]' } });
  });

  test('tells nothing of the whole requests and answers that are tied to it', () => {
    const request = { headers: { authorization: 'whatever' } };
    const error = Object.assign(new Error('no'), { $response: request, request, status: 400 });

    expect(printable(error)).toEqual({
      name: 'Error',
      message: 'no',
      stack: error.stack,
      status: 400,
    });
  });

  test('has its secrets taken out of every part', () => {
    const cause = new Error(`cause ${TOKEN}`);
    const error = Object.assign(new Error(`GET /bot${TOKEN}/getMe`, { cause }), {
      path: `/bot${TOKEN}/getMe`,
      [TOKEN]: 1,
    });

    const text = JSON.stringify(printable(new AggregateError([error], TOKEN)));

    expect(text).not.toContain('canary');
    expect(text).toContain('GET /bot[redacted]/getMe');
    expect(text).toContain('cause [redacted]');
  });
});

describe('an error of the AWS SDK', () => {
  let emulators: Emulators;
  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cameo-printable-'));
    emulators = await startEmulators({ dataDir });
    return async () => {
      await emulators.stop();
      rmSync(dataDir, { recursive: true, force: true });
    };
  });

  test('is told with its code and $metadata, without the request', async () => {
    const { dynamodb } = awsClients(emulators);
    const command = new GetItemCommand({ TableName: 'none', Key: { avatarId: { S: 'a' } } });
    const error = await dynamodb.send(command).catch((thrown: unknown) => thrown);

    const told = printable(error);

    expect(told).toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 400, requestId: expect.any(String), attempts: 1 },
    });
    expect(JSON.stringify(told)).not.toMatch(/authorization|Signature|\$response|headers/i);
  });
});

describe('anything else', () => {
  test.each([
    ['text', TOKEN, '[redacted]'],
    ['a number', 7, 7],
    ['null', null, null],
    ['a big number', 7n, '7'],
    ['a moment', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an address', new URL(`http://h/bot${TOKEN}/x`), 'http://h/bot[redacted]/x'],
    ['bytes', Buffer.from(TOKEN), `[${TOKEN.length} bytes]`],
    ['a list', [TOKEN, { [TOKEN]: TOKEN }], ['[redacted]', { '[redacted]': '[redacted]' }]],
    ['the same thing twice', [{ a: 1 }].flatMap((one) => [one, one]), [{ a: 1 }, { a: 1 }]],
  ])('that is %s', (_, value, expected) => {
    expect(printable(value)).toEqual(expected);
  });

  test('that is deep is told as far as anybody would read', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level++) deep = { deep };

    expect(JSON.stringify(printable(deep))).toContain('[too deep]');
  });

  test.each<[string, () => unknown]>([
    [
      'throws when it is read',
      () => ({
        get field() {
          throw new Error('no');
        },
      }),
    ],
    [
      'throws as JSON',
      () => ({
        toJSON() {
          throw new Error('no');
        },
      }),
    ],
    ['answers no question', revoked],
    [
      'is an error without a message',
      () =>
        Object.defineProperty(new Error('x'), 'message', {
          get() {
            throw new Error('no');
          },
        }),
    ],
  ])('that %s is told as unreadable', (_, make) => {
    const told = JSON.stringify(printable({ value: make() }));

    expect(told).toContain('[unreadable]');
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test('whatever it is, JSON can write it, and no secret comes through', () => {
  const secret = fc.constantFrom(
    TOKEN,
    `/bot${TOKEN}/x`,
    `Bearer ${SECRET}`,
    encodeURIComponent(TOKEN),
  );
  const value = fc.anything({
    key: fc.oneof(secret, fc.string()),
    values: [secret, fc.string(), fc.integer()],
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  const failure = fc
    .tuple(secret, value, fc.array(value))
    .map(([message, cause, errors]) =>
      Object.assign(new AggregateError(errors, message, { cause }), { own: message }),
    );
  fc.assert(
    fc.property(fc.oneof(value, failure), (anything) => {
      const text = JSON.stringify(printable({ anything }));
      expect(text).not.toContain(SECRET);
    }),
  );
});
