// What goes wrong at Telegram: one fault after the other, each for one call. Those that say of a photo that it can
// never be shown are left out, since they are answers, and right ones.

import { addFault, listFaults } from '../local/bot-api/control.ts';
import type { Fault } from '../local/bot-api/fault.ts';
import { sleepUnless } from './clock.ts';
import type { Random } from './random.ts';

const CALLS = ['getUserProfilePhotos', 'getFile', 'download'] as const;

/** Which fault comes next; its name is for the summary. */
const KINDS: Readonly<Record<string, (random: Random) => Fault>> = {
  '429': (random) => ({
    call: random.pick(CALLS),
    effect: 'error',
    status: 429,
    retryAfter: random.between(1, 2),
  }),
  '500': (random) => ({ call: random.pick(CALLS), effect: 'error', status: 500 }),
  '502 HTML': (random) => ({ call: random.pick(CALLS), effect: 'html', status: 502 }),
  empty: (random) => ({ call: random.pick(CALLS), effect: 'empty' }),
  half: (random) => ({ call: random.pick(CALLS), effect: 'short' }),
  cut: (random) => ({ call: random.pick(CALLS), effect: 'cut' }),
  stall: () => ({ call: 'download', effect: 'stall' }),
  hang: (random) => ({ call: random.pick(CALLS), effect: 'hang' }),
  'expired link': () => ({ call: 'download', effect: 'error', status: 404 }),
  'unavailable file': () => ({
    call: 'getFile',
    effect: 'error',
    status: 400,
    description: 'Bad Request: wrong file_id or the file is temporarily unavailable',
  }),
  'path outside': () => ({ call: 'getFile', effect: 'merge', result: { file_path: '../x' } }),
};

// What stops a worker for all of its time-out, or the fleet for seconds, comes less often.
const BAG = Object.keys(KINDS).flatMap((kind) =>
  kind === 'hang' || kind === 'stall' ? [kind] : [kind, kind],
);

// About one call in ten fails: of messages that fail eight times, which are dead letters, there should be none.
const MIN_PAUSE_MS = 700;
const MAX_PAUSE_MS = 1_700;
const MAX_ARMED = 4;

/** How often each kind was met, by its name. */
export type FaultsMet = ReadonlyMap<string, number>;

/** Sets one fault after the other until the traffic is over; those that met no call then are not counted. */
export async function injectFaults(
  apiRoot: string,
  random: Random,
  over: AbortSignal,
): Promise<FaultsMet> {
  const met = new Map<string, number>();
  const added: { readonly kind: string; readonly fault: string }[] = [];
  while (await sleepUnless(over, random.between(MIN_PAUSE_MS, MAX_PAUSE_MS))) {
    if ((await listFaults(apiRoot)).length >= MAX_ARMED) continue;
    const kind = random.pick(BAG);
    const fault = KINDS[kind]?.(random);
    if (!fault) continue;
    await addFault(apiRoot, fault);
    added.push({ kind, fault: keyOf(fault) });
  }
  const armed = (await listFaults(apiRoot)).map(keyOf);
  for (const { kind, fault } of added.reverse()) {
    const place = armed.indexOf(fault);
    if (place >= 0) armed.splice(place, 1);
    else met.set(kind, (met.get(kind) ?? 0) + 1);
  }
  return met;
}

function keyOf(fault: Fault): string {
  const { times: _, ...rest } = fault;
  return JSON.stringify(Object.entries(rest).sort());
}
