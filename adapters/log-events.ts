// Lines of the functions' logs that name something, out of CloudWatch Logs.

import {
  type CloudWatchLogsClient,
  type FilteredLogEvent,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';

/** A line of a log. */
export interface LogLine {
  readonly group: string;
  readonly atMs: number;
  /** The whole line; those of our own code are JSON. */
  readonly text: string;
}

// A page covers as much of the log as is read in one go, and may hold nothing: a busy group has many.
const MAX_PAGES = 50;

/** The lines of a group since `sinceMs` that hold `term`, the newest first, as far back as fifty pages reach. */
export async function logLines(
  client: CloudWatchLogsClient,
  group: string,
  term: string,
  sinceMs: number,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let pages = 0;
  for await (const { events = [] } of paginateFilterLogEvents(
    { client },
    // From the end: where the log is longer than the pages, what happened last is told.
    { logGroupName: group, filterPattern: `"${term}"`, startTime: sinceMs, startFromHead: false },
  )) {
    lines.push(...events.map((event) => lineOf(group, event)));
    pages += 1;
    if (pages === MAX_PAGES) break;
  }
  return lines;
}

function lineOf(group: string, { timestamp = 0, message = '' }: FilteredLogEvent): LogLine {
  return { group, atMs: timestamp, text: message };
}
