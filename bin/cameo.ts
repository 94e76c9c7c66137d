#!/usr/bin/env node
// `npx cameo`: what an operator does by hand to a Cameo that runs, here or deployed.

import { runCommandLine } from '../cli/command.ts';
import { screenOn } from '../cli/screen.ts';
import { stopOnSignals } from '../cli/stop-signals.ts';

const screen = screenOn(process.stdout);
const stop = stopOnSignals(() =>
  screen.say('Stopping when what is being sent is sent; Ctrl-C again stops at once.'),
);

const exitCode = await runCommandLine(
  process.argv.slice(2),
  { environment: process.env, screen, stopped: stop.stopped },
  (line) => console.error(line),
);
process.exit(exitCode ?? stop.exitCode());
