#!/usr/bin/env node
// `npx cameo`: what an operator does by hand to a Cameo that runs, here or deployed.

import { runCommandLine } from '../cli/command.ts';
import { screenOn } from '../cli/screen.ts';
import { stopOnSignals } from '../cli/stop-signals.ts';

const { env: environment, stdin: input, stdout: output, stderr: errors } = process;
// Whoever reads the output may have had enough of it, as head has.
output.on('error', () => process.exit());
const parameters = process.argv.slice(2);
const json = parameters.includes('--json');
const screen = screenOn(json ? errors : output);
const stop = stopOnSignals(() =>
  screen.say('Stopping when what is being sent is sent; Ctrl-C again stops at once.'),
);

const exitCode = await runCommandLine(parameters, {
  environment,
  input,
  output,
  errors,
  json,
  screen,
  stopped: stop.stopped,
});
process.exit(exitCode ?? stop.exitCode());
