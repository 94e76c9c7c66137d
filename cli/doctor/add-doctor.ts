// The options and the help of `doctor`.

import type { Command } from 'commander';
import pc from 'picocolors';
import { STACK_VARIABLE } from '../deployment.ts';
import type { Surroundings } from '../warm.ts';

const HELP = `
Each line is one check: ✓ good, ! worth a look, ✗ broken, - not checked because of another line.
Under what is not good stands what to do. What each check asks: docs/doctor.md.

Exit code: 0 nothing is broken; 1 something is; 2 an option is wrong.

Examples:
  $ npx cameo doctor
  $ npx cameo doctor --stack cameo --region eu-central-1 --verbose
  $ npx cameo doctor --json | jq '.checks[] | select(.mark == "failed")'`;

/** Adds the command; `exit` is told its exit code. */
export function addDoctor(
  program: Command,
  { environment, screen }: Pick<Surroundings, 'environment' | 'screen'>,
  exit: (code: number) => void,
): void {
  program
    .command('doctor')
    .description('Examine a Cameo, here or deployed, and say what mends it.')
    .option(
      '--stack <name>',
      `the deployed stack (default: ${STACK_VARIABLE}, else the Cameo on this machine)`,
    )
    .option('--region <region>', 'its region (default: AWS_REGION, or that of AWS_PROFILE)')
    .option('--json', 'one JSON document')
    .option('--verbose', 'details under each line, and what does not apply')
    .addHelpText('after', HELP)
    .action(async (options) => {
      // Its SDK clients take half a second to load, which no other command should wait for.
      const { doctor } = await import('./doctor.ts');
      const isColoured = process.stdout.isTTY === true && !environment.NO_COLOR;
      const colours = pc.createColors(isColoured);
      const { document, lines, exitCode } = await doctor(options, { environment, colours });
      const said = options.json ? [JSON.stringify(document, null, 2)] : lines;
      for (const line of said) screen.say(line);
      exit(exitCode);
    });
}
