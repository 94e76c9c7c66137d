// What open pages use that look for changes: requests at the edge by the hour that somebody looks at them, and behind
// it no more than the edge asks by itself, however many pages there are.

import { assumptions } from './assumptions.ts';
import { invocation } from './invocation.ts';
import type { Measured } from './measured.ts';
import { BYTES_PER_GB, sum, type Usage } from './usage.ts';

const HOUR_SECONDS = 3600;

/** Requests of one page in an hour in which it is visible and touched. */
export const POLLS_AN_HOUR = HOUR_SECONDS / assumptions.livePollSeconds;

/** What so many hours of pages use at the edge. */
export function visibleHours(hours: number): Usage {
  const bytes = assumptions.feedBytes + assumptions.headerBytes;
  const poll = { cloudFrontRequests: 1, cloudFrontGb: bytes / BYTES_PER_GB };
  return sum([[poll, hours * POLLS_AN_HOUR]]);
}

/** What one place of the edge asks of the API in an hour at most. A list is dearer than a feed, and stands for it. */
export function busiestHour(measured: Measured): Usage {
  const questions = HOUR_SECONDS / assumptions.feedSeconds;
  return sum([
    [invocation(measured, 'list'), questions],
    [{ httpApiRequests: 1 }, questions],
  ]);
}
