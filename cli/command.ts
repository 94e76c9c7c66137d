// The command line: options, help, and what the exit codes mean.

import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { KEYS_FILE } from '../local/keys.ts';
import { DEFAULT_DATA_DIR, DEFAULT_URL } from '../local/settings.ts';
import { addDoctor } from './doctor/add-doctor.ts';
import { Mistake, Unreachable } from './mistake.ts';
import { type Surroundings, type WarmResult, warm } from './warm.ts';

const DEFAULT_CONCURRENCY = 50;

// Each has a connection of its own while it is registered.
const MAX_CONCURRENCY = 500;

const WARM_HELP = `
The file is CSV or NDJSON in UTF-8. Columns or fields: userId (or id, user_id), firstName (first_name),
lastName, username; only the id is necessary. A CSV without a header has the id in its first column.

The service key is read from CAMEO_SERVICE_KEY; for a Cameo on this machine, else from
${DEFAULT_DATA_DIR}/${KEYS_FILE} (CAMEO_DATA_DIR/${KEYS_FILE}).

Who has arrived is kept in <file>.progress: the same command goes on where it was stopped, also after a
kill -9. When all are there it is removed, and the same command is a new import: it is quick, since
photos that are there and not a day old are not fetched again. Who failed is in <file>.failed.ndjson,
made anew by each run, which can itself be imported. The file is streamed; only its ids are in memory,
some 300 MB for a million.

Exit code: 0 all are there; 1 not all are; 2 an option, the file, the address or the key is wrong;
130 stopped by Ctrl-C.

Example:
  $ npm run cameo -- warm --file users.csv
  $ CAMEO_SERVICE_KEY=$(cat key) npm run cameo -- warm --file users.csv --url https://avatars.example.com`;

const EXIT_CODES = {
  'all there': 0,
  'some failed': 1,
  stopped: undefined,
} as const satisfies Record<WarmResult, number | undefined>;

/** Runs a command line, without `node` and the script; the exit code, or `undefined` where a signal decides. */
export async function runCommandLine(
  parameters: readonly string[],
  surroundings: Surroundings,
  sayError: (line: string) => void,
): Promise<number | undefined> {
  let exitCode: number | undefined = 0;
  const program = new Command('cameo')
    .description("Operate a Cameo: Telegram's profile photos at URLs of your own.")
    .exitOverride()
    .configureOutput({ outputError: (text) => sayError(oneLine(text)) });
  program
    .command('warm')
    .description('Import a list of users, so that their photos are there before anyone asks.')
    .requiredOption('--file <path>', 'the list of users')
    .option('--url <url>', `address of Cameo (default: CAMEO_URL, else ${DEFAULT_URL})`)
    .option(
      '--concurrency <number>',
      'partners under way at the same time',
      readConcurrency,
      DEFAULT_CONCURRENCY,
    )
    .addHelpText('after', WARM_HELP)
    .action(async (options) => {
      exitCode = EXIT_CODES[await warm(options, surroundings)];
    });
  addDoctor(program, surroundings, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, sayError);
  }
}

function exitCodeOf(error: unknown, sayError: (line: string) => void): number {
  // Commander has said already what is wrong, or has shown the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof Mistake || error instanceof Unreachable)) throw error;
  sayError(error.message);
  return error instanceof Mistake ? 2 : 1;
}

function readConcurrency(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MAX_CONCURRENCY) return number;
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_CONCURRENCY}.`);
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
