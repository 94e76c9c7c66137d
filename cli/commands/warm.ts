// `cameo warm`: its options and its help.

import { type Command, InvalidArgumentError } from 'commander';
import { KEYS_FILE } from '../../local/keys.ts';
import { DEFAULT_DATA_DIR } from '../../local/settings.ts';
import { type Perform, withDeployment } from '../perform.ts';
import type { WarmOptions } from '../warm.ts';

const DEFAULT_CONCURRENCY = 50;

// Each has a connection of its own while it is registered.
const MAX_CONCURRENCY = 500;

const HELP = `
The file is CSV or NDJSON in UTF-8. Columns or fields: userId (or id, user_id),
firstName (first_name), lastName, username; only the id is necessary. A CSV
without a header has the id in its first column.

The address and the service key are those of the stack, or of the Cameo that
runs on this machine. With --url the key is read from CAMEO_SERVICE_KEY; for an
address of this machine, else from ${KEYS_FILE} in the data folder
(CAMEO_DATA_DIR, else ${DEFAULT_DATA_DIR}).

Who has arrived is kept in <file>.progress: the same command goes on where it
was stopped, also after a kill -9. When all are there it is removed, and the
same command is a new import: it is quick, since photos that are there and not
a day old (refreshHours) are not fetched again. Who failed is in
<file>.failed.ndjson, made anew by each run, which can itself be imported. The
file is streamed; only its ids are in memory, some 300 MB for a million.

Exit code: 0 all are there; 1 not all are; 2 an option, the file, the address or
the key is wrong; 130 stopped by Ctrl-C.

Example:
  $ npx cameo warm --file users.csv
  $ npx cameo warm --file users.csv --stack cameo
  $ CAMEO_SERVICE_KEY=$(cat key) npx cameo warm --file users.csv \\
      --url https://avatars.example.com`;

/** Adds the command. */
export function addWarm(program: Command, perform: Perform): void {
  const command = program
    .command('warm')
    .description('Import a list of users, so that their photos are there before anyone asks.')
    .requiredOption('--file <path>', 'the list of users')
    .option('--url <url>', 'another address (default: CAMEO_URL, else the Cameo on this machine)')
    .option(
      '--concurrency <number>',
      'partners under way at the same time',
      readConcurrency,
      DEFAULT_CONCURRENCY,
    );
  withDeployment(command)
    .addHelpText('after', HELP)
    .action((options: WarmOptions) =>
      perform(async (session) => {
        const { warm } = await import('../warm.ts');
        return warm(options, session);
      }),
    );
}

function readConcurrency(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MAX_CONCURRENCY) return number;
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_CONCURRENCY}.`);
}
