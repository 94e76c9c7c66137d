// Where the operator sees how it goes: one line that is drawn anew on a terminal, plain lines elsewhere.

import type { WriteStream } from 'node:tty';
import { rateMeter, remainingMs } from './rate.ts';
import { barOf, statusOf, type Tally } from './status-line.ts';

const REDRAW_EVERY_MS = 200;
const PLAIN_LINE_EVERY_MS = 10_000;

// CR and "erase in line" (ECMA-48, EL), the only control codes, and only on a terminal.
const ERASE_LINE = '\r\u001B[2K';

/** The operator's screen. */
export interface Screen {
  /** Writes a line of its own. */
  say(line: string): void;
  /** Shows a tally until the returned function is called. */
  follow(tally: () => Tally, nowMs: () => number): () => void;
}

/** A screen on standard output, or whatever it is redirected to. */
export function screenOn(output: WriteStream): Screen {
  let isDrawn = false;
  const erase = () => {
    if (isDrawn) output.write(ERASE_LINE);
    isDrawn = false;
  };
  return {
    say(line) {
      erase();
      output.write(`${line}\n`);
    },
    follow(tally, nowMs) {
      const status = statusSince(tally, nowMs);
      const draw = () => {
        const columns = (output.columns || 80) - 1;
        const text = status();
        const line = `${barOf(tally())} ${text}`;
        // The bar says the least.
        const fitting = line.length <= columns ? line : text.slice(0, columns);
        output.write(`${ERASE_LINE}${fitting}`);
        isDrawn = true;
      };
      const timer = output.isTTY
        ? setInterval(draw, REDRAW_EVERY_MS)
        : setInterval(() => output.write(`${status()}\n`), PLAIN_LINE_EVERY_MS);
      return () => {
        clearInterval(timer);
        erase();
      };
    },
  };
}

function statusSince(tally: () => Tally, nowMs: () => number): () => string {
  const before = tally();
  const meter = rateMeter(nowMs());
  return () => {
    const now = tally();
    const settled = now.arrived + now.failed - before.arrived - before.failed;
    const perSecond = meter.perSecond(settled, nowMs());
    const left = now.total - now.arrived - now.failed;
    return statusOf(now, { perSecond, remainingMs: remainingMs(left, perSecond) }, nowMs());
  };
}
