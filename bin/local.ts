// `npm start`: the whole system on this machine, until it is told to end.

import { DataFolderInUse } from '../local/emulators.ts';
import { UnreadableKeys } from '../local/keys.ts';
import { readSettings, SettingsMistakes } from '../local/settings.ts';
import { type System, startSystem } from '../local/system.ts';

// The README promises five seconds, on a busy machine too.
const END_AT_LATEST_MS = 3_000;

const system = await start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(system));
console.log('Try:');
for (const command of system.examples) console.log(`  ${command}`);
if (system.standInUrl)
  console.log(`Telegram is the stand-in at ${system.standInUrl} (local/bot-api/README.md)`);
console.log(`Cameo is ready on ${system.url}`);

async function start(): Promise<System> {
  try {
    return await startSystem(readSettings(process.env), (error) => console.error(lineOf(error)));
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
    error instanceof UnreadableKeys;
  if (foreseen) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}: end the other program, or set PORT to another port.`;
  }
  return error;
}

/** A job that is cut off here waits in the queue, as after a crash. */
function end({ stop }: System): void {
  setTimeout(() => process.exit(0), END_AT_LATEST_MS).unref();
  stop().then(
    () => process.exit(0),
    (error) => {
      console.error(lineOf(error));
      process.exit(1);
    },
  );
}
