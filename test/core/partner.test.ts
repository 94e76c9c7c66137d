import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../core/errors.ts';
import { parseUserId, photoStateOf } from '../../core/partner.ts';

describe('a userId', () => {
  test.each(['1', '42', '9007199254740991'])('is a number as Telegram gives them: %s', (text) => {
    expect(parseUserId(text)).toBe(text);
  });

  test.each(['', '0', '042', '-1', '4.2', ' 42', '42 ', '42\n', '4a', 'a4', '1'.repeat(17), '٤٢'])(
    'is nothing else: %j',
    (text) => {
      expect(() => parseUserId(text)).toThrow(InvalidInput);
    },
  );

  test('that is none is named, with what to send instead, however long it is', () => {
    const long = `${'x'.repeat(40)}y`;

    expect(() => parseUserId(long)).toThrow(
      `userId "${'x'.repeat(40)}" is not a Telegram user id: send 1 to 16 digits without a leading zero, such as 42.`,
    );
  });
});

test.each([
  ['pending', 'before Telegram first answered', {}],
  ['none', 'when it answered without one', { checkedAtMs: 0 }],
  ['stored', 'when it is there', { photo: { photoId: 'AQAD', lqip: 'l' }, checkedAtMs: 1 }],
  ['stored', 'when it is there, whatever was asked', { photo: { photoId: 'AQAD', lqip: 'l' } }],
] as const)('a photo is %s %s', (state, _, partner) => {
  expect(photoStateOf(partner)).toBe(state);
});
