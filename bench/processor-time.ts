// What a photo costs in processor time, everything included, against the pictures alone.

import { setTimeout as sleep } from 'node:timers/promises';
import { readCounters } from '../local/bot-api/control.ts';
import { type Cameo, newUserIds, startCameo } from './cameo.ts';
import { startBareLoop } from './floor.ts';
import { startHelper } from './helper.ts';
import type { EmulatorsAnswer, EmulatorsQuestion } from './helpers/emulators.ts';
import { temporaryFolder } from './leftovers.ts';
import { median, processorMsDuring, processorMsOf } from './measure.ts';
import { ms, printTable, times, verdict } from './table.ts';

const GOAL = 1.3;
const PARTNERS = 64;
const ROUNDS = 3;
const WARM_UP_PARTNERS = 24;

/** Measures and prints. */
export async function processorTime(): Promise<void> {
  if (processorMsOf(process.pid) === undefined) {
    console.log('  This system has no /proc to read the processor time of a process from.');
    return;
  }
  using folder = temporaryFolder();
  await using emulators = startHelper<EmulatorsQuestion, EmulatorsAnswer>('emulators');
  const endpoint = await emulators.ask({ dataDir: folder.path });
  await using alone = await startCameo({ AWS_ENDPOINT_URL: endpoint });
  await using whole = await startCameo();
  await using loop = await startBareLoop();

  const cases: Case[] = [
    { what: 'with its emulators', cameo: whole, travel: untilQuiet, rounds: [] },
    { what: 'the same, every partner waited for', cameo: whole, travel: untilPhoto, rounds: [] },
    { what: 'without them, as on AWS', cameo: alone, travel: untilQuiet, rounds: [] },
  ];
  for (const { cameo, travel } of cases) await travel(cameo, newUserIds(WARM_UP_PARTNERS));
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push((await loop.render(newUserIds(PARTNERS))).processorMs / PARTNERS);
    for (const { cameo, travel, rounds } of cases) rounds.push(await perPhoto(cameo, travel));
  }
  const rows = cases.map(({ what, rounds }) => {
    const factor = median(rounds.map((spentMs, round) => spentMs / (bare[round] ?? Number.NaN)));
    return [what, ms(median(rounds)), times(factor), verdict(factor, GOAL)];
  });
  printTable(
    ['each photo', 'processor time', '÷ renderWebp', 'goal'],
    [['renderWebp alone', ms(median(bare)), times(1), ''], ...rows],
  );
}

/** What Cameo does and how it is waited for; `rounds` are ms for each photo, beside those of the bare loop. */
interface Case {
  readonly what: string;
  readonly cameo: Cameo;
  readonly travel: Travel;
  readonly rounds: number[];
}

type Travel = (cameo: Cameo, userIds: readonly number[]) => Promise<void>;

async function perPhoto(cameo: Cameo, travel: Travel): Promise<number> {
  const userIds = newUserIds(PARTNERS);
  const spentMs = await processorMsDuring(cameo.pid, () => travel(cameo, userIds));
  return (spentMs ?? Number.NaN) / PARTNERS;
}

const untilPhoto: Travel = async (cameo, userIds) => {
  await Promise.all(
    userIds.map(async (userId) => cameo.waitForPhoto(await cameo.register(userId))),
  );
};

const QUIET_MS = 400;

// A process that only waits still spends a tick now and then.
const QUIET_SHARE = 0.1;

/** Registers, and looks from outside when the work is over: all downloads made, and next to nothing spent. */
const untilQuiet: Travel = async (cameo, userIds) => {
  const before = await downloads(cameo);
  await Promise.all(userIds.map((userId) => cameo.register(userId)));
  while ((await downloads(cameo)) < before + userIds.length) await sleep(QUIET_MS / 4);
  const spent = () => processorMsDuring(cameo.pid, () => sleep(QUIET_MS));
  while (((await spent()) ?? 0) > QUIET_MS * QUIET_SHARE);
};

async function downloads({ telegramRoot }: Cameo): Promise<number> {
  return (await readCounters(telegramRoot)).calls.download?.total ?? 0;
}
