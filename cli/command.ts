// The command line: the commands, and what holds for all of them. Each loads its work when it is called: the SDK's
// clients take a third of a second, which no --help should wait for.

import { Command, CommanderError } from 'commander';
import { addErase } from './commands/erase.ts';
import { addInspect } from './commands/inspect.ts';
import { addRedrive } from './commands/redrive.ts';
import { addStats } from './commands/stats.ts';
import { addUrl } from './commands/url.ts';
import { addWarm } from './commands/warm.ts';
import { addDoctor } from './doctor/add-doctor.ts';
import { EXIT, performIn, sayError } from './perform.ts';
import type { Surroundings } from './session.ts';

const COMMANDS = [addUrl, addInspect, addStats, addRedrive, addErase, addWarm, addDoctor];

const HELP = `
Every command works on the Cameo that runs on this machine (npm start), or on a
stack: --stack <name> or CAMEO_STACK, with the AWS credentials of your shell.

With --json the result is one document on standard output, an error is
{"error": "…"}; progress and questions are on standard error. Colours are for
terminals, and not if NO_COLOR is set.

Exit code: 0 all is well; 1 it did not work, or not all is well; 2 an option, a
setting or a credential is wrong; 130 stopped by Ctrl-C.

Example:
  $ npx cameo inspect 42
  $ npx cameo stats --stack cameo --since 24h --json`;

/** Runs a command line, without `node` and the script; the exit code, or `undefined` where a signal decides. */
export async function runCommandLine(
  parameters: readonly string[],
  surroundings: Surroundings,
): Promise<number | undefined> {
  let exitCode: number | undefined = EXIT.ok;
  const program = new Command('cameo')
    .description("Operate a Cameo: Telegram's profile photos at URLs of your own.")
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.output.write(text),
      writeErr: (text) => surroundings.errors.write(text),
      outputError: (text) => sayError(surroundings, usageLine(text)),
      getOutHasColors: () => false,
    });
  const perform = performIn(surroundings, (code) => {
    exitCode = code;
  });
  for (const add of COMMANDS) add(program, perform);
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said already what is wrong, or has shown the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.mistake;
    throw error;
  }
}

/** Commander's line in the form of ours. */
function usageLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return `${line[0]?.toUpperCase()}${line.slice(1)}. See npx cameo --help.`;
}
