// `npm run soak`: everything at once against `npm start` for some minutes, a kill -9 in the middle, and then every
// partner read back. Prints what was asked, served, lost and doubled, and ends with 1 if anything is not right.

import { availableParallelism, loadavg } from 'node:os';
import { auditAnswers, auditStores } from './audit.ts';
import { type Connections, createClient } from './client.ts';
import { sleep } from './clock.ts';
import { countDownloads } from './doubled.ts';
import { createLedger } from './ledger.ts';
import { loggedErrors } from './logged-errors.ts';
import { Mistake, type Options, readOptions } from './options.ts';
import { settle, statusWhenIdle } from './settle.ts';
import { leasesIn, readStores } from './stores.ts';
import { printSummary } from './summary.ts';
import { startSystem } from './system.ts';
import { createTally } from './tally.ts';
import { startTelegram } from './telegram.ts';
import { startTraffic } from './traffic.ts';
import { warmUp } from './warm-up.ts';

const BOT_TOKEN = '42:the-token-of-the-soak';
const SERVICE_KEY = 'the-service-key-of-the-soak';

// Between the kill and the restart: long enough for requests to find nobody there.
const DOWN_MS = 1_000;

// So that the process is measured when it is in full swing again.
const SWING_MS = 10_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readOptionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    print(error.message);
    process.exit(2);
  }
}

async function run({ seed, trafficMs, killAfterMs }: Options): Promise<boolean> {
  const tally = createTally();
  const ledger = createLedger();
  const telegram = await startTelegram(BOT_TOKEN);
  const system = await startSystem(
    {
      TELEGRAM_BOT_TOKEN: BOT_TOKEN,
      TELEGRAM_API_ROOT: telegram.apiRoot,
      CAMEO_SERVICE_KEY: SERVICE_KEY,
    },
    (output) => tally.problem(`npm start ended by itself:\n${output}`),
  );
  const over = new AbortController();
  const clientThat = (connections: Connections) =>
    createClient(system, SERVICE_KEY, tally, connections);
  const surroundings = { telegram, tally, over: over.signal };

  print('warming up');
  await warmUp({ ...surroundings, client: clientThat('close') }, ledger, seed);
  const start = await statusWhenIdle(system);

  print(`traffic for ${seconds(trafficMs)}`);
  const client = clientThat('keep-alive');
  const traffic = startTraffic({ ...surroundings, client }, ledger, seed);
  const ending = sleep(trafficMs).then(() => over.abort());
  await sleep(killAfterMs);
  const beforeKill = await system.status();
  const calls = await traffic.crowd();
  await system.kill();
  print(`killed with ${calls} calls to Telegram under way`);
  const dead = leasesIn(await readStores(system.dataDir));
  await sleep(DOWN_MS);
  await system.restart();
  print('restarted');
  await sleep(SWING_MS);
  const afterRestart = await system.status();
  await ending;
  const faults = await traffic.finished();

  print('settling');
  await telegram.clearFaults();
  const jobs = await settle(system, telegram);
  const end = await statusWhenIdle(system);

  print('reading everything back');
  const { entries } = ledger;
  const answers = await auditAnswers(client, telegram, entries);
  const exit = await system.end();
  if (exit !== 0) tally.problem(`npm start ended with ${exit}`);
  const stored = auditStores(await readStores(system.dataDir), entries, dead);
  const output = system.output();
  if (output.includes(BOT_TOKEN) || output.includes(SERVICE_KEY))
    tally.problem('a secret is in the log');

  const counters = await telegram.counters();
  const photos = entries.map(async (entry) => ({
    entry,
    photoIds: await telegram.photoIdsOf(entry.userId),
  }));
  return printSummary(
    {
      tally,
      entries,
      faults,
      counters,
      jobs,
      downloads: countDownloads(counters.downloaded, await Promise.all(photos), dead),
      atKill: { calls, leases: dead.size },
      lost: [...answers, ...stored.findings],
      leftovers: stored.leftovers,
      moments: { start, beforeKill, afterRestart, end },
      loggedErrors: loggedErrors(output),
    },
    print,
  );
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** Where others keep all processors busy, functions run into their time-outs, and viewers see it. */
function load(): string {
  return `load ${loadavg()[0]?.toFixed(1)}`;
}

const options = readOptionsOrExit();
// Ends through the exit handler of bench/leftovers.ts, which ends the process that was started and its folder.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
setTimeout(() => {
  print(`given up after ${seconds(options.hardLimitMs)}`);
  process.exit(1);
}, options.hardLimitMs).unref();

print(`seed ${options.seed}; ${availableParallelism()} cores, ${load()}`);
const startedAt = performance.now();
const isRight = await run(options);
print(`\n${seconds(performance.now() - startedAt)}, ${load()}; again with --seed ${options.seed}`);
process.exit(isRight ? 0 : 1);
