// What is to be logged, as plain data without secrets: errors with class, message, stack and causes. Made here
// and not by the logger, which keeps the keys of objects as they are and fails where a getter throws.

import { redacted } from './redact.ts';

// Deeper than any chain of causes of ours.
const MAX_DEPTH = 12;

/** A copy that JSON can write, whatever the value is. Never throws. */
export function printable(value: unknown, ancestors: readonly object[] = []): unknown {
  if (typeof value === 'string') return redacted(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ancestors.includes(value)) return '[circular]';
  if (ancestors.length === MAX_DEPTH) return '[too deep]';
  try {
    return printableObject(value, [...ancestors, value]);
  } catch {
    return '[unreadable]';
  }
}

function printableObject(value: object, ancestors: readonly object[]): unknown {
  if (value instanceof Error) return printableError(value, ancestors);
  if (Array.isArray(value)) return value.map((item) => printable(item, ancestors));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const plain = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
  return plain === value ? printableFields(value, ancestors) : printable(plain, ancestors);
}

/**
 * Of an error's own fields only those that are no objects, and the SDK's `$metadata`: in the others are whole
 * answers and requests, headers included.
 */
function printableError(error: Error, ancestors: readonly object[]): unknown {
  const own = Object.keys(error).filter(
    (key) => key === '$metadata' || !isObject(read(error, key)),
  );
  const told = ['name', 'message', 'stack', ...own, 'cause', 'errors'];
  return Object.fromEntries(
    told.map((key) => [redacted(key), printable(read(error, key), ancestors)]),
  );
}

function printableFields(value: object, ancestors: readonly object[]): unknown {
  return Object.fromEntries(
    Object.keys(value).map((key) => [redacted(key), printable(read(value, key), ancestors)]),
  );
}

/** A field's value, whatever its getter does. */
function read(value: object, key: string): unknown {
  try {
    return value[key as keyof typeof value];
  } catch {
    return '[unreadable]';
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
