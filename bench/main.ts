// `npm run bench`: every figure that the project has a goal for, each as a ratio to something that was
// measured in the same run. `npm run bench -- journey hits` runs these sections only.

import { availableParallelism, cpus, loadavg } from 'node:os';
import { bundles } from './bundles.ts';
import { client } from './client.ts';
import { connections } from './connections.ts';
import { cost } from './cost.ts';
import { effort } from './effort.ts';
import { firstAnswer } from './first-answer.ts';
import { hits } from './hits.ts';
import { journey } from './journey.ts';
import { processorTime } from './processor-time.ts';
import { recent } from './recent.ts';

const SECTIONS: Readonly<Record<string, { title: string; run: () => Promise<void> }>> = {
  journey: { title: 'From registration to the real photo', run: journey },
  recent: { title: 'The list of the newest partners, from a cold start', run: recent },
  'first-answer': { title: 'The first answer of any kind', run: firstAnswer },
  'processor-time': { title: 'Processor time of a photo', run: processorTime },
  hits: { title: 'Hits', run: hits },
  client: { title: 'The browser client', run: client },
  bundles: { title: 'Bundles and module init', run: bundles },
  connections: { title: 'The HTTP client for Telegram', run: connections },
  effort: { title: "libwebp's effort", run: effort },
  cost: { title: 'What an invocation costs', run: cost },
};

const named = process.argv.slice(2);
const strangers = named.filter((name) => !(name in SECTIONS));
if (strangers.length > 0) {
  console.error(
    `No section ${strangers.join(', ')}: there are ${Object.keys(SECTIONS).join(', ')}.`,
  );
  process.exit(2);
}
// Ends through the exit handler of leftovers.ts, which ends the children.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const [cpu] = cpus();
console.log(
  `${availableParallelism()} cores, ${cpu?.model.trim()}, Node ${process.version}, ${process.platform} ${process.arch}; load ${loadavg()[0]?.toFixed(1)}`,
);
const startedAt = performance.now();
for (const [name, { title, run }] of Object.entries(SECTIONS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n${title} (${name})`);
  const sectionStartedAt = performance.now();
  await run();
  console.log(`  [${Math.round((performance.now() - sectionStartedAt) / 1000)} s]`);
}
console.log(`\n${Math.round((performance.now() - startedAt) / 1000)} s in all`);
process.exit();
