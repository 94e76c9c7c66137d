// `cameo url`: its options and its help.

import type { Command } from 'commander';
import { type Perform, withDeployment } from '../perform.ts';

const HELP = `
The URLs are computed with the URL key; no photo is asked for. The first ones
show whatever photo the user has now; those of the stored photo never change.

Example:
  $ npx cameo url 42
  $ npx cameo url 42 --stack cameo --json`;

/** Adds the command. */
export function addUrl(program: Command, perform: Perform): void {
  const command = program
    .command('url')
    .description("Tell a user's avatarId and the URLs of all sizes.")
    .argument('<userId>', 'a Telegram user id');
  withDeployment(command)
    .addHelpText('after', HELP)
    .action((userId: string, options) =>
      perform(async (session) => {
        const { url } = await import('../url.ts');
        return url(userId, options, session);
      }),
    );
}
