// The requests that the cost is worked out from, counted anew from the bundles that are deployed. A change of what
// a function asks is seen here, and `npm run bench -- cost` brings the file up to it.

import { expect, test } from 'vitest';
import { type BilledSystem, startBilledSystem } from '../../bench/billed-system.ts';
import { joinFreshPartners, type Round, roundOf } from '../../bench/cost-journeys.ts';
import { JOURNEYS, type Journey, type JourneyRequests, readMeasured } from '../../cost/measured.ts';

const names = Object.keys(JOURNEYS) as Journey[];

function requestsOf(all: Readonly<Record<Journey, JourneyRequests>>) {
  return names.map((name) => {
    const { requests, readUnits, writeUnits } = all[name];
    return { name, requests, readUnits, writeUnits };
  });
}

async function countAnew(): Promise<Round> {
  await using system: BilledSystem = await startBilledSystem();
  await joinFreshPartners(system);
  // Not without `await`: the system would end before the round does.
  return await roundOf(system);
}

// Bundles and processes: seconds, and many where others share the processors.
const TIMEOUT_MS = 180_000;

test(
  'each invocation asks for what cost/measured.json says, and for no more',
  async () => {
    const counted = await countAnew();

    expect(requestsOf(counted)).toEqual(requestsOf(readMeasured().journeys));
  },
  TIMEOUT_MS,
);
