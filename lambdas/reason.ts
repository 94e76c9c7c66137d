// Why a message was given up, as an SQS message attribute can hold it.

import { printable } from './printable.ts';

// More would say nothing to a person that the log does not say better.
const MAX_CHARACTERS = 500;

// What SQS takes in a text (SendMessage, "Message body"): no control characters, no half of a surrogate pair.
const NOT_IN_SQS = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** The error's class and message, without secrets and cut to 500 characters. */
export function reasonOf(error: unknown): string {
  const { name, message } = printable(
    error instanceof Error ? error : new Error(String(error)),
  ) as Error;
  return `${name}: ${message}`.slice(0, MAX_CHARACTERS).replace(NOT_IN_SQS, '\ufffd');
}
