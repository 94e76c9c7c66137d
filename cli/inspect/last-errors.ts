// The last errors that the functions logged about a partner.

import * as v from 'valibot';
import { type LogLine, logLines } from '../../adapters/log-events.ts';
import { lineOf } from '../aws-error.ts';
import type { Deployment } from '../deployment.ts';

/** A line of level ERROR; the log itself is without secrets (lambdas/printable.ts). */
export interface LoggedError {
  readonly atMs: number;
  readonly group: string;
  readonly message: string;
  /** The error's class and message. */
  readonly error: string | null;
  readonly requestId: string | null;
}

/** The errors of so many hours, oldest first. */
export interface LoggedErrors {
  readonly sinceHours: number;
  readonly lines: readonly LoggedError[];
}

/** The errors, or why they cannot be told. */
export type LastErrors =
  | ({ readonly available: true } & LoggedErrors)
  | { readonly available: false; readonly reason: string };

/** How far back they are looked for; FilterLogEvents reads all that was logged meanwhile. */
const SINCE_HOURS = 24;

// What fits on a screen; a partner whose fetch fails logs one line a minute or so.
const MAX_LINES = 10;

const lineSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    level: v.literal('ERROR'),
    message: v.string(),
    requestId: v.nullish(v.string(), null),
    error: v.nullish(v.object({ name: v.string(), message: v.string() })),
  }),
);

/** Reads them. Never rejects: the rest of an inspection is worth something without the logs. */
export async function lastErrors(
  { clients, outputs }: Deployment,
  avatarId: string,
  nowMs: number,
): Promise<LastErrors> {
  const sinceMs = nowMs - SINCE_HOURS * 60 * 60 * 1000;
  try {
    const groups = outputs.LogGroupNames.split(',');
    const lines = await Promise.all(
      groups.map((group) => logLines(clients.logs, group, avatarId, sinceMs)),
    );
    const errors = lines
      .flat()
      .sort((one, other) => one.atMs - other.atMs)
      .flatMap(errorOf);
    return { available: true, sinceHours: SINCE_HOURS, lines: errors.slice(-MAX_LINES) };
  } catch (error) {
    return { available: false, reason: lineOf(error) };
  }
}

function errorOf({ group, atMs, text }: LogLine): LoggedError | [] {
  const { success, output } = v.safeParse(lineSchema, text);
  if (!success) return [];
  const { message, error, requestId } = output;
  const told = error ? `${error.name}: ${error.message}` : null;
  return { atMs, group, message, error: told, requestId };
}
