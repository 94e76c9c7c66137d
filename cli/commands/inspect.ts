// `cameo inspect`: its options and its help.

import type { Command } from 'commander';
import { type Perform, withDeployment } from '../perform.ts';

const HELP = `
It tells what the table has, which pictures are in the bucket, what the edge
answers, how the queues stand, the partner's own dead letters, and the errors
that were logged in the last 24 hours. Where something is wrong, it ends with
what to do.

Looking at dead letters hides them from others for a second. The look at the
edge is a request like a viewer's: a photo that is missing is asked for.

Exit code: 0 nothing is wrong; 1 something is; 2 an option, a setting or a
credential is wrong.

Example:
  $ npx cameo inspect 42
  $ npx cameo inspect pfkqot2rc2pr6zafhwfsyqb5p5 --stack cameo --json`;

/** Adds the command. */
export function addInspect(program: Command, perform: Perform): void {
  const command = program
    .command('inspect')
    .description('Tell everything about one partner, and what is wrong.')
    .argument('<id>', 'a Telegram user id, or an avatarId');
  withDeployment(command)
    .addHelpText('after', HELP)
    .action((id: string, options) =>
      perform(async (session) => {
        const { inspect } = await import('../inspect/inspect.ts');
        return inspect(id, options, session);
      }),
    );
}
