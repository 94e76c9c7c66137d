// Ctrl-C and SIGTERM: the first lets what is under way finish, the second ends the process at once.

import { constants } from 'node:os';

/** What a signal is told through. */
export interface Stop {
  readonly stopped: AbortSignal;
  /** The exit code that shells expect of a process which a signal has ended: 130 for Ctrl-C. */
  exitCode(): number;
}

// npm passes a Ctrl-C on to a process that has had it from the terminal already; nobody presses it so fast twice.
const SAME_PRESS_MS = 300;

/** Listens from now on; `onFirst` says that the end takes a moment. */
export function stopOnSignals(onFirst: () => void): Stop {
  const controller = new AbortController();
  let exitCode = 0;
  let firstAtMs = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      exitCode = 128 + constants.signals[signal];
      if (controller.signal.aborted) {
        if (performance.now() - firstAtMs > SAME_PRESS_MS) process.exit(exitCode);
        return;
      }
      firstAtMs = performance.now();
      onFirst();
      controller.abort();
    });
  }
  return { stopped: controller.signal, exitCode: () => exitCode };
}
