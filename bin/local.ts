// `npm start`: the whole system on this machine, until it is told to end.

import { DataFolderInUse, DataFolderUnusable } from '../local/data-folder.ts';
import { UnreadableKeys } from '../local/key-file.ts';
import { readSettings, SettingsMistakes } from '../local/settings.ts';
import { type System, startSystem } from '../local/system.ts';

// The README promises five seconds for the end, on a busy machine too.
const END_AT_LATEST_MS = 3_000;

const PARENT_CHECK_MS = 500;

// Read before anything is awaited: who loses its parent while it starts must notice, too.
const parent = process.ppid;

let ending = false;

const system = await start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(system));
if (process.env.npm_lifecycle_event) endWithParent(system);
console.log('Try:');
for (const command of system.examples) console.log(`  ${command}`);
if (system.standInUrl)
  console.log(`Telegram is the stand-in at ${system.standInUrl} (local/bot-api/README.md)`);
console.log(`What the system is doing: ${system.url}/local/`);
console.log(`Cameo is ready on ${system.url}`);

async function start(): Promise<System> {
  try {
    const settings = readSettings(process.env);
    // From here on it is where the handlers look for it, and nowhere else.
    delete process.env.TELEGRAM_BOT_TOKEN;
    return await startSystem(settings, (error) => console.error(lineOf(error)));
  } catch (error) {
    console.error(lineOf(error));
    process.exit(1);
  }
}

/** What a person can act on in a line; anything else is ours, and keeps its stack. */
function lineOf(error: unknown): unknown {
  const foreseen =
    error instanceof SettingsMistakes ||
    error instanceof DataFolderInUse ||
    error instanceof DataFolderUnusable ||
    error instanceof UnreadableKeys;
  if (foreseen) return error.message;
  if (!(error instanceof Error && 'code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return `${error.message}: end the other program, or set PORT to another port.`;
  }
  if (error.code === 'ECONNREFUSED') {
    return `${error.message}: nothing answers there. Is what AWS_ENDPOINT_URL names running?`;
  }
  return error;
}

/**
 * npm passes a SIGTERM on to the shell in which it started us, and that shell to nobody: who is left behind
 * by it ends as if the signal had come.
 */
function endWithParent(running: System): void {
  setInterval(() => {
    if (process.ppid !== parent) end(running);
  }, PARENT_CHECK_MS).unref();
}

/** Ends the system, once; a job that is cut off by the limit waits in the queue, as after a crash. */
function end({ stop }: System): void {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(0), END_AT_LATEST_MS).unref();
  stop().then(
    () => process.exit(0),
    (error) => {
      console.error(lineOf(error));
      process.exit(1);
    },
  );
}
