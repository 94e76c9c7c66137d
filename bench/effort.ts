// libwebp's effort, chosen by measurement: processor time of a photo and bytes of each size, 0 to 6.
// The choice itself is in core/render-webp.ts.

import { SIZES } from '../core/sizes.ts';
import { functions } from '../core/topology.ts';
import { startHelper } from './helper.ts';
import type { EncodeAnswer, EncodeQuestion } from './helpers/encode.ts';
import { median } from './measure.ts';
import { kilobytes, ms, percent, printTable } from './table.ts';

/** What libwebp takes. */
const EFFORTS = [0, 1, 2, 3, 4, 5, 6];

const ROUNDS = 3;

/** What the others are compared with. */
const REFERENCE = 4;

// List prices of us-east-1, first tier: a GB-second of Lambda on arm64, and a byte out of CloudFront.
const DOLLARS_PER_GB_SECOND = 0.0000133334;
const DOLLARS_PER_BYTE = 0.085 / 1e9;
const DOLLARS_PER_MS = (DOLLARS_PER_GB_SECOND * functions.fetchPhoto.memoryMb) / 1024 / 1000;

/** Measures and prints. */
export async function effort(): Promise<void> {
  await using helper = startHelper<EncodeQuestion, EncodeAnswer>('encode');
  const samples = EFFORTS.map((value) => ({ value, answers: [] as EncodeAnswer[] }));
  await helper.ask({ effort: REFERENCE });
  for (let round = 0; round < ROUNDS; round++) {
    for (const { value, answers } of samples) answers.push(await helper.ask({ effort: value }));
  }
  const measured = samples.map(({ value, answers }) => ({
    value,
    processorMs: median(answers.map(({ processorMs }) => processorMs)),
    bytes: answers[0]?.bytes ?? [],
  }));
  const reference = measured.find(({ value }) => value === REFERENCE);
  if (!reference) return;
  printTable(
    ['effort', 'a photo', '÷ effort 4', ...SIZES.map((size) => `${size} px`), 'all', 'views'],
    measured.map((row) => [
      String(row.value),
      ms(row.processorMs),
      `${(row.processorMs / reference.processorMs).toFixed(2)}×`,
      ...row.bytes.map(kilobytes),
      percent(sum(row.bytes) / sum(reference.bytes) - 1),
      viewsToSave(row, reference),
    ]),
  );
  console.log(
    "  views: of 150 px, from which on the slower of this effort and 4 is the cheaper one at AWS's prices.",
  );
}

interface Row {
  readonly processorMs: number;
  readonly bytes: readonly number[];
}

const SHOWN_SIZE = SIZES.indexOf(150);

/** Views of 150 px at which slower and smaller begins to be cheaper than faster and larger. */
function viewsToSave(row: Row, reference: Row): string {
  if (row === reference) return '';
  const moreMs = Math.abs(row.processorMs - reference.processorMs);
  const fewerBytes = Math.abs((row.bytes[SHOWN_SIZE] ?? 0) - (reference.bytes[SHOWN_SIZE] ?? 0));
  return `${Math.ceil((moreMs * DOLLARS_PER_MS) / (fewerBytes * DOLLARS_PER_BYTE))} views`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
