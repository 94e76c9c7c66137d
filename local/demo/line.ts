// The line between the viewers and the edge, which the demo page can cut: a server that hangs up is what being
// offline is, to the page and to its service worker alike, and no browser lets a page switch itself off.

import type { HttpRequest } from '../edge/message.ts';

/** Milliseconds after which a line that was cut mends itself: whoever reloads without a service worker has no button. */
export const LINE_IS_CUT_MS = 60_000;

/** The line; `nowMs` everywhere is the time. */
export interface Line {
  /** Cuts it from now on for LINE_IS_CUT_MS. */
  cut(nowMs: number): void;
  mend(): void;
  /** When it mends itself; undefined where it is whole. */
  cutUntilMs(nowMs: number): number | undefined;
  /** Whether the edge hangs up on this request. What is under `/local/` goes another way: the operator keeps the switch. */
  hangsUpOn(request: Pick<HttpRequest, 'path'>, nowMs: number): boolean;
}

/** A line that is whole. */
export function createLine(): Line {
  let untilMs = 0;
  const cutUntilMs = (nowMs: number) => (nowMs < untilMs ? untilMs : undefined);
  return {
    cut: (nowMs) => {
      untilMs = nowMs + LINE_IS_CUT_MS;
    },
    mend: () => {
      untilMs = 0;
    },
    cutUntilMs,
    hangsUpOn: ({ path }, nowMs) => cutUntilMs(nowMs) !== undefined && !path.startsWith('/local/'),
  };
}
