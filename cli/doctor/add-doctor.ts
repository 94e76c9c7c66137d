// The options and the help of `doctor`.

import type { Command } from 'commander';
import { type Perform, withDeployment } from '../perform.ts';

const HELP = `
Each line is one check: ✓ good, ! worth a look, ✗ broken, - not checked because
of another line. Under what is not good stands what to do. What each check asks:
docs/doctor.md.

Exit code: 0 nothing is broken; 1 something is; 2 an option is wrong.

Example:
  $ npx cameo doctor
  $ npx cameo doctor --stack cameo --region eu-central-1 --verbose
  $ npx cameo doctor --json | jq '.checks[] | select(.mark == "failed")'`;

/** Adds the command. */
export function addDoctor(program: Command, perform: Perform): void {
  const command = program
    .command('doctor')
    .description('Examine a Cameo, here or deployed, and say what mends it.')
    .option('--verbose', 'details under each line, and what does not apply');
  withDeployment(command)
    .addHelpText('after', HELP)
    .action((options) =>
      perform(async (session) => {
        const { doctor } = await import('./doctor.ts');
        return doctor(options, session);
      }),
    );
}
