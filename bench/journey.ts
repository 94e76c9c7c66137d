// From registration to the real photo, for one partner and for many at once, against what is unavoidable.

import { type Cameo, newUserIds, startCameo } from './cameo.ts';
import { type BareLoop, startBareLoop, telegramMs } from './floor.ts';
import { elapsedMs, median } from './measure.ts';
import { ms, printTable, times, verdict } from './table.ts';

const GOAL = 1.3;

/** Partners at once, and how often that is repeated with new ones. */
const CASES = [
  { partners: 1, rounds: 9 },
  { partners: 4, rounds: 5 },
  { partners: 10, rounds: 5 },
  { partners: 64, rounds: 3 },
] as const;

// A photo costs less processor time with each of the first two hundred, as V8 compiles what runs often.
const WARM_UP_ROUNDS = 4;
const WARM_UP_PARTNERS = 64;

/** Measures and prints. */
export async function journey(): Promise<void> {
  await using cameo = await startCameo();
  await using loop = await startBareLoop();
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    await travel(cameo, newUserIds(WARM_UP_PARTNERS));
  }
  const telegram = await telegramMs(cameo.telegramRoot);
  console.log(
    `  Telegram's own time: ${ms(telegram)} a photo; the bare loop renders ${loop.parallelism} photos side by side.`,
  );
  const rows: string[][] = [];
  for (const { partners, rounds } of CASES) {
    const { taken, bare, factor } = await measure({
      cameo,
      loop,
      telegram,
      partners,
      rounds,
    });
    rows.push([
      String(partners),
      ms(telegram),
      ms(bare),
      ms(taken),
      times(factor),
      verdict(factor, GOAL),
    ]);
  }
  printTable(
    ['partners', 'Telegram', 'bare loop', 'until the last photo', '÷ floor', 'goal'],
    rows,
  );
}

interface Measured {
  readonly cameo: Cameo;
  readonly loop: BareLoop;
  readonly telegram: number;
  readonly partners: number;
  readonly rounds: number;
}

/** Medians of rounds in which the loop and the journey take turns, so that a noisy moment meets both. */
async function measure({ cameo, loop, telegram, partners, rounds }: Measured) {
  const taken: number[] = [];
  const bare: number[] = [];
  const factors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const userIds = newUserIds(partners);
    const { wallMs } = await loop.render(userIds);
    const takenMs = await elapsedMs(() => travel(cameo, userIds));
    bare.push(wallMs);
    taken.push(takenMs);
    factors.push(takenMs / (telegram + wallMs));
  }
  return {
    taken: median(taken),
    bare: median(bare),
    factor: median(factors),
  };
}

/** All register at once, and each waits for the photo. */
async function travel(cameo: Cameo, userIds: readonly number[]): Promise<void> {
  await Promise.all(
    userIds.map(async (userId) => cameo.waitForPhoto(await cameo.register(userId))),
  );
}
