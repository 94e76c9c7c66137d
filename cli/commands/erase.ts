// `cameo erase`: its options and its help.

import type { Command } from 'commander';
import type { EraseOptions } from '../erase.ts';
import { type Perform, withDeployment } from '../perform.ts';

const HELP = `
It does what DELETE /api/partner/{userId} does, with the service key out of the
Cameo's secret, and waits for the receipt: about half a minute, five at most.
Once it has begun, it goes on whether or not this command waits for it.

Exit code: 0 the user is erased; 1 the erasure is not over, was refused, or was
not wanted; 2 an option, a setting or a credential is wrong, or there is nobody
to ask and no --yes; 130 stopped by Ctrl-C.

Example:
  $ npx cameo erase 42
  $ npx cameo erase 42 --yes --json --stack cameo`;

/** Adds the command. */
export function addErase(program: Command, perform: Perform): void {
  const command = program
    .command('erase')
    .description('Erase a user and all pictures, everywhere, and wait for the receipt.')
    .argument('<userId>', 'a Telegram user id')
    .option('--yes', 'do it without a question');
  withDeployment(command)
    .addHelpText('after', HELP)
    .action((userId: string, options: EraseOptions) =>
      perform(async (session) => {
        const { erase } = await import('../erase.ts');
        return erase(userId, options, session);
      }),
    );
}
