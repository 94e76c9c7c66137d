// A process of its own that does nothing but render the files of a folder, as many side by side as the worker,
// and tells what became of each and how much memory all that took.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { renderWebp } from '../../core/render-webp.ts';

/** What became of each file by its name, the name of an error otherwise, and the most memory that was resident. */
export interface RenderReport {
  readonly outcomes: Record<string, string>;
  readonly peakMb: number;
}

const [from = '', to = ''] = process.argv.slice(2);
const inTurn = pLimit(2 * availableParallelism());

async function render(name: string): Promise<[string, string]> {
  try {
    const { webpBySize, lqip } = await renderWebp(readFileSync(join(from, name)));
    mkdirSync(join(to, name));
    for (const [size, webp] of webpBySize) writeFileSync(join(to, name, `${size}.webp`), webp);
    writeFileSync(join(to, name, 'lqip'), lqip);
    return [name, 'rendered'];
  } catch (error) {
    return [name, (error as Error).name];
  }
}

const rendered = await Promise.all(readdirSync(from).map((name) => inTurn(() => render(name))));
const report: RenderReport = {
  outcomes: Object.fromEntries(rendered),
  peakMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(report));
