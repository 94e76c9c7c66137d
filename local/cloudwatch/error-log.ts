// CloudWatch Logs' FilterLogEvents, as far as the command line needs it: the last errors of the functions' log, by
// one word that stands in them.

import * as v from 'valibot';

/** A line of the log; the moment is in milliseconds since the epoch. */
interface LogEvent {
  readonly eventId: string;
  readonly message: string;
  readonly timestamp: number;
}

/** The last errors. */
export interface ErrorLog {
  /** Keeps a line, and forgets the oldest when there are too many. */
  keep(line: string): void;
  /** The answer to a FilterLogEvents; `undefined` for a request that is malformed, or for what is not known here. */
  filter(request: unknown): object | undefined;
}

/** An error has a stack of every cause, so a few kilobytes: this is some megabytes. */
export const KEPT_ERRORS = 1_000;

// One term in quotes; none of the pattern language besides.
const TERM = /^"((?:[^"\\]|\\["\\])+)"$/;

// FilterLogEvents gives 10,000 events at most, and as many unless told.
const requestSchema = v.object({
  logGroupName: v.string(),
  startTime: v.optional(v.number(), 0),
  endTime: v.optional(v.number(), Number.POSITIVE_INFINITY),
  filterPattern: v.optional(v.string(), ''),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 10_000),
});

/** An empty log; `nowMs` is the wall clock, in milliseconds since the epoch. */
export function errorLog(nowMs: () => number = Date.now): ErrorLog {
  const events: LogEvent[] = [];
  let kept = 0;
  return {
    keep(message) {
      kept += 1;
      events.push({ eventId: String(kept), message, timestamp: nowMs() });
      if (events.length > KEPT_ERRORS) events.shift();
    },

    filter(request) {
      const { success, output } = v.safeParse(requestSchema, request);
      const term = success ? termOf(output.filterPattern) : undefined;
      if (!success || term === undefined) return undefined;
      const { startTime, endTime, limit } = output;
      const found = events.filter(
        ({ message, timestamp }) =>
          timestamp >= startTime && timestamp <= endTime && message.includes(term),
      );
      const told = found.slice(0, limit).map((event) => ({
        ...event,
        logStreamName: 'local',
        ingestionTime: event.timestamp,
      }));
      return { events: told, searchedLogStreams: [] };
    },
  };
}

/** The term of a pattern, empty for none; `undefined` for a pattern of another kind. */
function termOf(pattern: string): string | undefined {
  if (pattern === '') return '';
  return TERM.exec(pattern)?.[1]?.replace(/\\(["\\])/g, '$1');
}
