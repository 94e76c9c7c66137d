// A photo as the edge answers it: the headers that pages live by, and the cache that makes it cheap.

import { VERSIONED_CACHE_CONTROL } from '../../adapters/photo-bucket.ts';
import { defaults } from '../../core/operator-settings.ts';
import { exposedHeaders } from '../../core/topology.ts';
import type { Check } from './check.ts';
import { bringUp } from './commands.ts';
import { askEdge, type EdgeAnswer } from './edge-request.ts';
import { type Advice, failed, ok } from './finding.ts';
import { anAllowedOrigin } from './known-settings.ts';
import type { Subject } from './subject.ts';

type Accepts = (value: string, origin: string) => boolean;

/** What a photo must be answered with; scripts of other origins read and time photos by the first four. */
const EXPECTED: Readonly<Record<string, Accepts>> = {
  'access-control-allow-origin': (value, origin) => value === '*' || value === origin,
  'access-control-expose-headers': (value) =>
    exposedHeaders.every((name) => listed(value.toLowerCase()).includes(name)),
  'timing-allow-origin': (value, origin) =>
    listed(value).some((one) => one === '*' || one === origin),
  'server-timing': (value) => value !== '',
  'x-content-type-options': (value) => value === 'nosniff',
  'cache-control': (value) => value === VERSIONED_CACHE_CONTROL,
};

/** CORS, caching and timing. */
export const headers: Check = {
  name: 'headers',
  title: 'Headers',
  asks: 'Does a photo have the headers for CORS, caching, timing and nosniff?',
  async look(subject) {
    const { headers: given, url } = await subject.photo.get();
    const origin = anAllowedOrigin(await subject.settings.own().catch(() => defaults));
    const names = Object.keys(EXPECTED);
    const details = [url, ...names.map((name) => `${name}: ${given.get(name) ?? '(missing)'}`)];
    const wrong = names.filter((name) => !EXPECTED[name]?.(given.get(name) ?? '', origin));
    if (wrong.length === 0) return ok('CORS, caching, timing and nosniff are there', details);
    const said = wrong.map((name) => `${given.has(name) ? 'another' : 'no'} ${name}`);
    const text =
      'See whether a proxy or another CDN in front of Cameo changes them, and let it pass them on.';
    return failed(`a photo has ${said.join(', ')}`, inFrontOr(text, subject), details);
  },
};

// An edge location has several caches: the second request may meet another one.
const CACHE_ATTEMPTS = 4;

/** The photo was asked for before: now the cache has it. */
export const cache: Check = {
  name: 'cache',
  title: 'Cache',
  asks: 'Does a photo that was asked for before come from the cache of the edge?',
  async look(subject) {
    const { url } = await subject.photo.get();
    const details = [url];
    for (let attempt = 0; attempt < CACHE_ATTEMPTS; attempt++) {
      const answer = await askEdge(url);
      details.push(cachingOf(answer));
      if (isHit(answer)) return ok('a second request is a hit', details);
    }
    const text = 'See whether something in front of Cameo adds a query or forbids caching.';
    const summary = `${CACHE_ATTEMPTS + 1} requests for one photo, and no hit`;
    return failed(summary, inFrontOr(text, subject), details);
  },
};

function listed(value: string): string[] {
  return value.split(/[\s,]+/);
}

function inFrontOr(text: string, subject: Subject): Advice {
  if (!subject.stack) return { text };
  return { text: `${text} If nothing is in front, deploy again.`, command: bringUp(subject) };
}

function isHit({ headers }: EdgeAnswer): boolean {
  return /hit/i.test(headers.get('x-cache') ?? '') || headers.has('age');
}

function cachingOf({ status, headers }: EdgeAnswer): string {
  const [result, age] = ['x-cache', 'age'].map((name) => headers.get(name) ?? '(missing)');
  return `${status}, x-cache ${result}, age ${age}`;
}
