// What one invocation of each kind costs in requests, milliseconds and bytes: what `npm run cost` works with.
// It writes cost/measured.json; a test counts the requests anew (test/cost/requests.test.ts).

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { renderWebp } from '../core/render-webp.ts';
import { SIZES, type Size } from '../core/sizes.ts';
import { JOURNEYS, type Journey, MEASURED_FILE, type Measured } from '../cost/measured.ts';
import { PHOTOGRAPHS, photographBytes } from '../local/bot-api/photographs.ts';
import { BILLED_NAMES } from './billed-function.ts';
import { startBilledSystem } from './billed-system.ts';
import { joinFreshPartners, type Round, roundOf } from './cost-journeys.ts';
import { median } from './measure.ts';
import { ms, printTable } from './table.ts';

const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;

/** Measures, prints and writes the file. */
export async function cost(): Promise<void> {
  await using system = await startBilledSystem();
  await joinFreshPartners(system);
  const rounds: Round[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) rounds.push(await roundOf(system));
  const measured = rounds.slice(WARM_UP_ROUNDS);
  const names = Object.keys(JOURNEYS) as Journey[];
  const file: Measured = {
    by: `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, Node ${process.version}`,
    journeys: Object.fromEntries(
      names.map((name) => [name, journeyOf(measured.map((round) => round[name]))]),
    ) as Measured['journeys'],
    initMs: Object.fromEntries(
      BILLED_NAMES.map((name) => [name, Math.round(system.initMsOf(name))]),
    ) as Measured['initMs'],
    pictureBytes: await pictureBytes(),
    listBytes: bodyBytes(measured.at(-1)?.list.answer),
  };
  writeFileSync(MEASURED_FILE, `${JSON.stringify(file, null, 2)}\n`);
  printTable(
    ['invocation', 'function', 'requests', 'read units', 'write units', 'processor', 'log'],
    names.map((name) => {
      const { requests, readUnits, writeUnits, processorMs, logBytes } = file.journeys[name];
      const count = Object.values(requests).reduce((sum, times) => sum + times, 0);
      const figures = [count, readUnits, writeUnits].map(String);
      return [name, JOURNEYS[name], ...figures, ms(processorMs), `${logBytes} B`];
    }),
  );
  console.log(
    '  Written to cost/measured.json; npm run cost -- --write brings the tables up to it.',
  );
}

/** The last one's requests, which are those of all, and the medians of the rest. */
function journeyOf(all: readonly Round[Journey][]): Measured['journeys'][Journey] {
  const [{ requests, readUnits, writeUnits }] = all.slice(-1) as [Round[Journey]];
  const middle = (figure: 'processorMs' | 'logBytes') =>
    median(all.map((billed) => billed[figure]));
  return {
    requests: Object.fromEntries(Object.entries(requests).sort()),
    readUnits,
    writeUnits,
    processorMs: tenths(middle('processorMs')),
    logBytes: middle('logBytes'),
  };
}

async function pictureBytes(): Promise<Record<Size, number>> {
  const rendered = await Promise.all(
    PHOTOGRAPHS.map((name) => renderWebp(photographBytes(name, 640))),
  );
  const mean = (size: Size) => {
    const bytes = rendered.map(({ webpBySize }) => webpBySize.get(size)?.length ?? 0);
    return Math.round(bytes.reduce((sum, one) => sum + one, 0) / bytes.length);
  };
  return Object.fromEntries(SIZES.map((size) => [size, mean(size)])) as Record<Size, number>;
}

function bodyBytes(answer: unknown): number {
  return Buffer.byteLength((answer as { body?: string }).body ?? '');
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
