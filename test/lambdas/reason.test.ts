import { SendMessageCommand } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { TelegramTransient } from '../../core/errors.ts';
import { reasonOf } from '../../lambdas/reason.ts';
import { startWorld, type World } from '../world.ts';

const SECRET = 'AAcanary_canary-canary_canary-canary';

describe('the reason of a dead letter', () => {
  test.each<[unknown, string]>([
    [new TelegramTransient('getFile answered 502'), 'TelegramTransient: getFile answered 502'],
    [new Error(''), 'Error: '],
    ['thrown as text', 'Error: thrown as text'],
    [undefined, 'Error: undefined'],
    [new Error(`GET /bot1234567:${SECRET}/x`), 'Error: GET /bot[redacted]/x'],
    [
      new SyntaxError('Unexpected token \u0000\u001b'),
      'SyntaxError: Unexpected token \ufffd\ufffd',
    ],
    [new Error('half a face \ud83d'), 'Error: half a face \ufffd'],
    [new Error('a whole one 😀'), 'Error: a whole one 😀'],
  ])('of %s is its class and message', (error, expected) => {
    expect(reasonOf(error)).toBe(expected);
  });

  test('is cut, but never a secret in half or a character', () => {
    for (let length = 440; length < 500; length++) {
      const reason = reasonOf(new Error(`${'x'.repeat(length)} 1234567:${SECRET}😀😀😀😀`));
      expect(reason).not.toContain('AAcan');
      expect(reason.length).toBeLessThanOrEqual(500);
      expect(reason.isWellFormed()).toBe(true);
    }
    expect(reasonOf(new Error('x'.repeat(10_000)))).toHaveLength(500);
  });
});

// What SQS takes in a text (SendMessage, "Message body").
const TAKEN = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+$/u;

test('whatever was thrown, the reason is a text that SQS takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (message) => {
      expect(reasonOf(new Error(message))).toMatch(TAKEN);
    }),
  );
});

describe('the emulated SQS', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    return world.stop;
  });

  test('takes a reason with every character that is left', async () => {
    const StringValue = reasonOf(new Error('\u0000\t\n\r\ud83d\ufffe é 😀 "<&>'));
    const QueueUrl = world.resources.queues.fetch.deadLetterUrl;

    await world.clients.sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: '{}',
        MessageAttributes: { reason: { DataType: 'String', StringValue } },
      }),
    );
  });
});
