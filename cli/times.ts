// Times and lengths as a person reads them.

const STEPS = [
  ['d', 24 * 60 * 60 * 1000],
  ['h', 60 * 60 * 1000],
  ['min', 60 * 1000],
  ['s', 1000],
] as const;

/** A length in its largest unit that fits: "3 d", "2 h", "5 min", "0 s". */
export function spanOf(ms: number): string {
  const [unit, length] = STEPS.find(([, stepMs]) => ms >= stepMs) ?? ['s', 1000];
  return `${Math.floor(ms / length)} ${unit}`;
}

/** A moment as seen from now: "5 min ago", "in 2 h". */
export function fromNow(atMs: number, nowMs: number): string {
  return atMs > nowMs ? `in ${spanOf(atMs - nowMs)}` : `${spanOf(nowMs - atMs)} ago`;
}

/** A moment in ISO 8601; null stays null, for documents. */
export function isoOf(atMs: number | undefined): string | null {
  return atMs === undefined ? null : new Date(atMs).toISOString();
}
