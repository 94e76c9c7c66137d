// What the benchmark measured of one request of each kind (npm run bench -- cost), and the cost is worked out from.

import { readFileSync } from 'node:fs';
import type { Size } from '../core/sizes.ts';
import type { FunctionName } from '../core/topology.ts';

/** The kinds of invocation that a month is made of, and the function that each runs in. */
export const JOURNEYS = {
  /** A partner registers. */
  register: 'partners',
  /** A list of ten partners whose photos are there. */
  list: 'partners',
  /** A view of the current photo that comes before the photo. */
  pendingView: 'servePhoto',
  /** A view of the current photo that the edge does not have. */
  hit: 'servePhoto',
  /** A first photo is fetched, rendered and stored. */
  store: 'fetchPhoto',
  /** Telegram is asked about a photo that is still the same. */
  unchanged: 'fetchPhoto',
  /** A photo has changed: fetched, rendered and stored, and the old one deleted. */
  refresh: 'fetchPhoto',
  /** The schedule looks through fifty partners whose photos are fresh. */
  warmRun: 'warmRecent',
  /** A view where nothing is stored: Telegram is asked for each. */
  direct: 'direct',
} as const satisfies Record<string, FunctionName | 'direct'>;

/** The name of a kind of invocation. */
export type Journey = keyof typeof JOURNEYS;

/** The requests of one invocation; they are the same on every machine. */
export interface JourneyRequests {
  /** By service and operation, such as `DynamoDB GetItem` or `Telegram getFile`. */
  readonly requests: Readonly<Record<string, number>>;
  /** DynamoDB's request units. */
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** What one invocation took on the machine that measured it: medians. */
export interface JourneyTime {
  /** Without what it waited for others. */
  readonly processorMs: number;
  /** What the function writes to its log. */
  readonly logBytes: number;
}

/** The file cost/measured.json. */
export interface Measured {
  /** The day, the processor and Node. */
  readonly by: string;
  readonly journeys: Readonly<Record<Journey, JourneyRequests & JourneyTime>>;
  /** Loading a function's bundle, in ms of a processor. */
  readonly initMs: Readonly<Record<(typeof JOURNEYS)[Journey], number>>;
  /** A stored picture, the mean of the committed photographs. */
  readonly pictureBytes: Readonly<Record<Size, number>>;
  readonly listBytes: number;
}

/** Where it lies. */
export const MEASURED_FILE = new URL('measured.json', import.meta.url);

/** Reads the file; it is the benchmark's own, so nothing of it is doubted. */
export function readMeasured(): Measured {
  return JSON.parse(readFileSync(MEASURED_FILE, 'utf8'));
}
