// `cameo redrive`: its options and its help.

import type { Command } from 'commander';
import { type Perform, withDeployment } from '../perform.ts';
import type { RedriveOptions } from '../redrive/redrive.ts';

const HELP = `
Mend the cause first: what fails again is a dead letter again after eight tries.
It shows how many there are and why, a thousand of a queue at most, and sends
exactly those back. A job whose work is done meanwhile costs nothing, also if it
is sent twice. Failed runs of the schedule are removed, since the next run does
the same. Ctrl-C stops between two batches of ten and loses nothing.

Exit code: 0 all that was shown is back; 1 not all is, or it was not wanted; 2
an option, a setting or a credential is wrong, or there is nobody to ask and no
--yes; 130 stopped by Ctrl-C.

Example:
  $ npx cameo redrive
  $ npx cameo redrive --yes --json --stack cameo`;

/** Adds the command. */
export function addRedrive(program: Command, perform: Perform): void {
  const command = program
    .command('redrive')
    .description('Send dead letters back to their queues.')
    .option('--yes', 'do it without a question');
  withDeployment(command)
    .addHelpText('after', HELP)
    .action((options: RedriveOptions) =>
      perform(async (session) => {
        const { redrive } = await import('../redrive/redrive.ts');
        return redrive(options, session);
      }),
    );
}
