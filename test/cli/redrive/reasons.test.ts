import { expect, test } from 'vitest';
import type { DeadLetter } from '../../../adapters/dead-letters.ts';
import { reasonsOf } from '../../../cli/redrive/reasons.ts';

function letter(given: Partial<DeadLetter>): DeadLetter {
  const none = { reason: undefined, requestId: undefined, attributes: {}, body: '{}' };
  return { messageId: 'm', receiptHandle: 'r', sentAtMs: 0, ...none, ...given };
}

test('groups what died of the same, the most frequent first', () => {
  const letters = ['a', 'b', 'b'].map((reason) => letter({ reason }));

  expect(reasonsOf(letters)).toEqual([
    { reason: 'b', count: 2 },
    { reason: 'a', count: 1 },
  ]);
});

test.each([
  [
    "Lambda's, of a run that failed",
    letter({ body: '{"responsePayload":{"errorType":"Error","errorMessage":"no table"}}' }),
    'Error: no table',
  ],
  [
    "Scheduler's, of a run that could not be started",
    letter({ attributes: { ERROR_MESSAGE: { DataType: 'String', StringValue: 'throttled' } } }),
    'throttled',
  ],
  [
    'none, of what SQS moved by itself',
    letter({ body: 'no json' }),
    'no reason, its worker died or ran out of time',
  ],
])('a reason is %s', (_, one, reason) => {
  expect(reasonsOf([one])).toEqual([{ reason, count: 1 }]);
});
