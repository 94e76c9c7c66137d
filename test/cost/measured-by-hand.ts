// Measured figures that are easy to reckon with.

import { JOURNEYS, type Journey, type Measured } from '../../cost/measured.ts';

/** An invocation that does nothing. */
export const nothing = { requests: {}, readUnits: 0, writeUnits: 0, processorMs: 0, logBytes: 0 };

/** These invocations; what is not given does nothing. */
export function measured(journeys: Partial<Measured['journeys']>): Measured {
  const names = Object.keys(JOURNEYS) as Journey[];
  return {
    by: 'hand',
    journeys: {
      ...(Object.fromEntries(names.map((name) => [name, nothing])) as Measured['journeys']),
      ...journeys,
    },
    initMs: { servePhoto: 0, partners: 0, fetchPhoto: 0, warmRecent: 0, direct: 0 },
    pictureBytes: { 64: 1_000, 150: 4_000, 300: 12_000, 512: 24_000 },
    listBytes: 8_000,
  };
}
