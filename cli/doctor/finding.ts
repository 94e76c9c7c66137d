// What a check found: a line for a person, and where something is wrong the step that mends it.

/** `skipped` does not apply to this Cameo; `unchecked` waits for what another check found wrong. */
export type Mark = 'ok' | 'warning' | 'failed' | 'skipped' | 'unchecked';

/** What to do, in a sentence or two, and where there is one the command for it. */
export interface Advice {
  readonly text: string;
  readonly command?: string;
}

/** The outcome of one check; no secret is in any of its texts. */
export interface Finding {
  readonly mark: Mark;
  /** A line without an end mark. */
  readonly summary: string;
  /** Present where the mark is `warning` or `failed`. */
  readonly advice?: Advice;
  /** Lines for whoever wants to know more. */
  readonly details?: readonly string[];
}

/** All is as it should be. */
export function ok(summary: string, details: readonly string[] = []): Finding {
  return { mark: 'ok', summary, details };
}

/** Cameo works, and somebody should look. */
export function warning(summary: string, advice: Advice, details: readonly string[] = []): Finding {
  return { mark: 'warning', summary, advice, details };
}

/** Something does not work. */
export function failed(summary: string, advice: Advice, details: readonly string[] = []): Finding {
  return { mark: 'failed', summary, advice, details };
}

/** There is nothing to check here, for this reason. */
export function skipped(reason: string): Finding {
  return { mark: 'skipped', summary: reason };
}

/** A check cannot be made because of what another one tells of; `message` is the reason. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked';
}
