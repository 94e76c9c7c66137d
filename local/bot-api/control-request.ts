// A request to the control routes, and the reading of its JSON.
import { InvalidControlInput } from './fault.ts';
import type { Reply } from './reply.ts';
import type { State } from './state.ts';

/** A request with what its route needs of it. */
export interface ControlRequest {
  readonly state: State;
  /** From the path; 0 on routes without a user. */
  readonly userId: number;
  readonly isJson: boolean;
  readonly body: Buffer;
  /** The body as a JSON object; throws InvalidControlInput. */
  readJson(): Readonly<Record<string, unknown>>;
}

/** Answers one control route; throws InvalidControlInput for what becomes a 400. */
export type ControlHandler = (request: ControlRequest) => Reply;

/** Reads a body as a JSON object; throws InvalidControlInput. */
export function readJsonObject(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch (cause) {
    throw new InvalidControlInput('the body is not JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidControlInput('the body is not a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}
