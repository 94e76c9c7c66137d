// A fact that several checks build on: read once, and told as wrong once, by the check that it belongs to.

import { NotChecked } from './finding.ts';

/** Something read at most once. */
export interface Fact<T> {
  /** For the check that it belongs to: rejects with why it cannot be had. */
  own(): Promise<T>;
  /** For all other checks: rejects with NotChecked. */
  get(): Promise<T>;
}

/** Nothing came in time. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/** A fact that is read within so many milliseconds; `missing` is the reason that other checks give where it is not. */
export function fact<T>(limitMs: number, missing: string, read: () => Promise<T>): Fact<T> {
  let reading: Promise<T> | undefined;
  const own = () => {
    reading ??= within(limitMs, read());
    return reading;
  };
  return {
    own,
    get: () =>
      own().catch((error: unknown) => {
        throw error instanceof NotChecked ? error : new NotChecked(missing);
      }),
  };
}

/** What it resolves to; rejects with TooSlow after so many milliseconds. */
export async function within<T>(ms: number, coming: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TooSlow(`no answer within ${ms / 1000} s`)), ms);
  try {
    return await Promise.race([coming, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
