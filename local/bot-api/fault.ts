// A fault to inject: which calls it meets, how many of them, and what it does to the answer.
// Read from the JSON of the control routes, where every field is checked and no other is let in.
import { CALLS, type CallName } from './call.ts';
import { isWidth, type Width } from './photographs.ts';

/** Which calls a fault meets; all that is left out matches everything. */
export interface FaultMatch {
  readonly call: CallName;
  readonly userId?: number;
  /** How many calls fail, 1 unless told; null for all until the faults are cleared. */
  readonly times?: number | null;
  /** Every how many matching calls one fails, 1 unless told. */
  readonly every?: number;
}

/** What a fault does to the answer; `effects.ts` says what each one means. */
export type FaultEffect =
  | {
      readonly effect: 'error';
      readonly status: number;
      readonly description?: string;
      readonly retryAfter?: number | string;
    }
  | { readonly effect: 'html'; readonly status: number }
  | { readonly effect: 'redirect'; readonly location: string }
  | { readonly effect: 'merge'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly effect: 'sizes'; readonly widths: readonly Width[] }
  | { readonly effect: 'short' | 'empty' | 'cut' | 'stall' | 'hang' | 'endless' };

/** A fault as the control routes take it. */
export type Fault = FaultMatch & FaultEffect;

/** Control input that is refused, with a sentence for whoever sent it. */
export class InvalidControlInput extends Error {
  override readonly name = 'InvalidControlInput';
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0;
const isHeaderText = (value: unknown) => typeof value === 'string' && /^[ -~]*$/.test(value);

const FIELDS: Record<string, (value: unknown) => boolean> = {
  call: (value) => CALLS.some((name) => name === value),
  userId: isCount,
  times: (value) => value === null || isCount(value),
  every: isCount,
  effect: (value) => typeof value === 'string' && Object.hasOwn(EFFECT_FIELDS, value),
  status: (value) => isCount(value) && Number(value) >= 200 && Number(value) <= 599,
  description: (value) => typeof value === 'string',
  retryAfter: (value) => typeof value === 'number' || isHeaderText(value),
  location: isHeaderText,
  result: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  widths: (value) => Array.isArray(value) && value.every(isWidth),
};

const MATCH_FIELDS = { required: ['call', 'effect'], optional: ['userId', 'times', 'every'] };

const EFFECT_FIELDS: Record<FaultEffect['effect'], { required?: string[]; optional?: string[] }> = {
  error: { required: ['status'], optional: ['description', 'retryAfter'] },
  html: { required: ['status'] },
  redirect: { required: ['location'] },
  merge: { required: ['result'] },
  sizes: { required: ['widths'] },
  short: {},
  empty: {},
  cut: {},
  stall: {},
  hang: {},
  endless: {},
};

/** Reads a fault; throws InvalidControlInput that names the first field that is wrong. */
export function readFault(input: Readonly<Record<string, unknown>>): Fault {
  requireFields(input, MATCH_FIELDS.required);
  const { required = [], optional = [] } = EFFECT_FIELDS[input.effect as FaultEffect['effect']];
  requireFields(input, required);
  const allowed = [...MATCH_FIELDS.required, ...MATCH_FIELDS.optional, ...required, ...optional];
  for (const [field, value] of Object.entries(input)) {
    if (!allowed.includes(field)) throw new InvalidControlInput(`${field} has no meaning here`);
    if (!FIELDS[field]?.(value)) throw new InvalidControlInput(`${field} is not valid`);
  }
  // Each field has been checked by name, which the compiler cannot follow.
  return input as unknown as Fault;
}

function requireFields(input: Readonly<Record<string, unknown>>, fields: readonly string[]): void {
  for (const field of fields) {
    if (!FIELDS[field]?.(input[field])) {
      throw new InvalidControlInput(`${field} is missing or not valid`);
    }
  }
}
