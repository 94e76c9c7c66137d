import { expect, test } from 'vitest';
import * as errors from '../../core/errors.ts';

type ErrorClass = new (value: never) => Error;
const classes = Object.entries(errors).filter(
  (entry): entry is [string, ErrorClass & (typeof entry)[1]] => typeof entry[1] === 'function',
);

test.each(classes)('%s is an error that logs and dead letters know by that name', (name, Class) => {
  const error: Error = new Class(35 as never);

  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe(name);
  expect(error.message).not.toBe('');
});

test('the title of a pause is the one that callers of the API look for', () => {
  expect(errors.PAUSED_TITLE).toBe('Paused');
});

test('those that ask for a pause say until when', () => {
  expect(new errors.FleetPaused(35)).toMatchObject({
    untilMs: 35,
    message: 'nobody may ask Telegram just now',
  });
  expect(new errors.TelegramThrottled(35)).toMatchObject({
    retryAfterSeconds: 35,
    message: 'Telegram asked for a pause of 35 s',
  });
});
