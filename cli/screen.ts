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
  /** Shows a status, on a terminal its `line` if it has one, until the returned function is called. */
  watch(status: () => { readonly text: string; readonly line?: string }): () => void;
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
  const watch: Screen['watch'] = (status) => {
    const draw = () => {
      const { text, line = text } = status();
      output.write(`${ERASE_LINE}${line.slice(0, columnsOf(output))}`);
      isDrawn = true;
    };
    const timer = output.isTTY
      ? setInterval(draw, REDRAW_EVERY_MS)
      : setInterval(() => output.write(`${status().text}\n`), PLAIN_LINE_EVERY_MS);
    return () => {
      clearInterval(timer);
      erase();
    };
  };
  return {
    say(line) {
      erase();
      output.write(`${line}\n`);
    },
    watch,
    follow(tally, nowMs) {
      const status = statusSince(tally, nowMs);
      return watch(() => {
        const text = status();
        const line = `${barOf(tally())} ${text}`;
        // The bar says the least.
        return { text, line: line.length <= columnsOf(output) ? line : text };
      });
    },
  };
}

/** One column less: some terminals wrap behind the last one. */
function columnsOf(output: WriteStream): number {
  return (output.columns || 80) - 1;
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
