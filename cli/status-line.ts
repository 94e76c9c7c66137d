// How an import stands, as one line of text.

/** What has become of the lines of an import so far. */
export interface Tally {
  /** Partners and bad lines of the file. */
  readonly total: number;
  /** Partners who are there, those of earlier runs included. */
  readonly arrived: number;
  readonly failed: number;
  /** Until when nothing is sent; in the past where there is no pause. */
  readonly pausedUntilMs: number;
  /** Why the last request was in vain; absent when one was answered since. */
  readonly trouble?: string | undefined;
}

/** How fast it goes. */
export interface Pace {
  readonly perSecond: number;
  readonly remainingMs: number | undefined;
}

const BAR_LENGTH = 24;

/** A bar of the part that is done. */
export function barOf({ total, arrived, failed }: Tally): string {
  const full = Math.floor((BAR_LENGTH * (arrived + failed)) / Math.max(total, 1));
  return '█'.repeat(full) + '░'.repeat(BAR_LENGTH - full);
}

/** Done and total, rate, remaining time, failures; and a pause or an outage, if there is one. */
export function statusOf(tally: Tally, pace: Pace, nowMs: number): string {
  const { total, arrived, failed, pausedUntilMs, trouble } = tally;
  const done = arrived + failed;
  const parts = [
    `${countOf(done)}/${countOf(total)}`,
    `${Math.floor((100 * done) / Math.max(total, 1))} %`,
    `${pace.perSecond.toFixed(1)}/s`,
    pace.remainingMs === undefined ? 'time left unknown' : `${durationOf(pace.remainingMs)} left`,
    `${countOf(failed)} failed`,
  ];
  if (pausedUntilMs > nowMs) parts.push(`Telegram wants a pause until ${timeOf(pausedUntilMs)}`);
  else if (trouble) parts.push(`${trouble}, trying again`);
  return parts.join(', ');
}

/** A count with separators. */
export function countOf(count: number): string {
  return count.toLocaleString('en-US');
}

/** A count of a thing: "1 partner", "2,000 partners". */
export function counted(count: number, noun: string): string {
  return `${countOf(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration as m:ss or h:mm:ss, rounded up to a second. */
export function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A time of day on this machine's clock. */
function timeOf(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
