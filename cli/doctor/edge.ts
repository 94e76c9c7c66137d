// The edge as a viewer has it: does it answer, with which headers, from its cache, how soon?

import { VERSIONED_CACHE_CONTROL } from '../../adapters/photo-bucket.ts';
import { exposedHeaders } from '../../core/topology.ts';
import { type Check, reasonOf } from './check.ts';
import { askEdge, type EdgeAnswer } from './edge-request.ts';
import { failed, NotChecked, ok, warning } from './finding.ts';
import { NotCameo } from './subject.ts';

/** An avatar that nobody has is asked for: the edge, the API, serve-photo and the table have to agree. */
export const edge: Check = {
  name: 'edge',
  title: 'Edge',
  asks: 'Does the edge answer, and behind it the API, its function and the table?',
  async look({ unknownAvatar, stack }) {
    try {
      const answer = await unknownAvatar.own();
      return ok('answers for Cameo', [detailOf(answer)]);
    } catch (error) {
      if (error instanceof NotChecked) throw error;
      if (error instanceof NotCameo) {
        const { answer } = error;
        const summary = `answers ${answer.status}, which is not Cameo's answer`;
        return failed(summary, notCameo(stack), [detailOf(answer)]);
      }
      const text = stack
        ? 'Check the DNS of your domain, its certificate and this network. A distribution needs some minutes after a deployment.'
        : 'End the system with Ctrl-C and begin it anew.';
      const command = stack ? `npx cdk deploy ${stack}` : 'npm start';
      return failed(`does not answer (${reasonOf(error)})`, { text, command });
    }
  },
};

function detailOf({ url, status, headers, ms }: EdgeAnswer): string {
  return `${url}: ${status}, X-Avatar ${headers.get('x-avatar') ?? 'missing'}, ${Math.round(ms)} ms`;
}

function notCameo(stack: string | undefined) {
  return stack
    ? {
        text: 'Look into the log of serve-photo, and whether the domain leads to this distribution. A 5xx passes when the stores answer again.',
      }
    : {
        text: 'Look at what npm start prints. Another program may have the port: end it, or set PORT.',
        command: 'npm start',
      };
}

type Accepts = (value: string) => boolean;

const isAny: Accepts = (value) => value === '*';

/** What a photo must be answered with; scripts of other origins read and time photos by the first four. */
const EXPECTED: Readonly<Record<string, Accepts>> = {
  'access-control-allow-origin': isAny,
  'access-control-expose-headers': (value) => {
    const exposed = value.toLowerCase().split(/[\s,]+/);
    return exposedHeaders.every((name) => exposed.includes(name));
  },
  'timing-allow-origin': isAny,
  'server-timing': (value) => value !== '',
  'x-content-type-options': (value) => value === 'nosniff',
  'cache-control': (value) => value === VERSIONED_CACHE_CONTROL,
};

/** CORS, caching and timing. */
export const headers: Check = {
  name: 'headers',
  title: 'Headers',
  asks: 'Does a photo have the headers for CORS, caching, timing and nosniff?',
  async look({ photo, stack }) {
    const { headers: given, url } = await photo.get();
    const details = [
      url,
      ...Object.keys(EXPECTED).map((name) => `${name}: ${given.get(name) ?? '(missing)'}`),
    ];
    const wrong = Object.keys(EXPECTED).filter((name) => !EXPECTED[name]?.(given.get(name) ?? ''));
    if (wrong.length === 0) return ok('CORS, caching, timing and nosniff are there', details);
    const text = `See whether a proxy or another CDN in front of Cameo changes them, and let it pass them on.`;
    const mend = stack
      ? {
          text: `${text} If nothing is in front, deploy again.`,
          command: `npx cdk deploy ${stack}`,
        }
      : { text };
    return failed(
      `a photo has ${wrong.map((name) => `${given.has(name) ? 'another' : 'no'} ${name}`).join(', ')}`,
      mend,
      details,
    );
  },
};

// An edge location has several caches: the second request may meet another one.
const CACHE_ATTEMPTS = 4;

/** The photo was asked for before: now the cache has it. */
export const cache: Check = {
  name: 'cache',
  title: 'Cache',
  asks: 'Does a photo that was asked for before come from the cache of the edge?',
  async look({ photo, stack }) {
    const { url } = await photo.get();
    const seen: string[] = [];
    for (let attempt = 0; attempt < CACHE_ATTEMPTS; attempt++) {
      const answer = await askEdge(url);
      seen.push(
        `${answer.status}, x-cache ${answer.headers.get('x-cache') ?? '(missing)'}, age ${answer.headers.get('age') ?? '(missing)'}`,
      );
      if (isHit(answer)) return ok('a second request is a hit', [url, ...seen]);
    }
    const text = `See whether something in front of Cameo adds a query or forbids caching.`;
    const mend = stack
      ? { text: `${text} If nothing does, deploy again.`, command: `npx cdk deploy ${stack}` }
      : { text };
    return failed(`${CACHE_ATTEMPTS + 1} requests for one photo, and no hit`, mend, [url, ...seen]);
  },
};

function isHit({ headers }: EdgeAnswer): boolean {
  return /\bhit\b/i.test(headers.get('x-cache') ?? '') || headers.has('age');
}

/**
 * Targets in milliseconds, seen from here. A hit costs the edge itself 0.05 ms (README, Measured) and its alarm is at
 * 100: the rest is one way to a near edge and back. What the function has to answer costs it 10 ms at most (README,
 * Measured), and a cold start some hundred.
 */
export const TARGETS_MS = { hit: 50, firstAnswer: 1_000 } as const;

const HITS = 7;

/** The times of a hit and of an answer that no cache has. */
export const times: Check = {
  name: 'times',
  title: 'Times',
  asks: `Is a hit there within ${TARGETS_MS.hit} ms (the median of ${HITS}), and an answer of the function, cold as it may be, within ${TARGETS_MS.firstAnswer}?`,
  async look({ unknownAvatar, photo }) {
    const first = await unknownAvatar.get();
    const firstMs = Math.round(first.ms);
    // Without a photo its answer is as good: it is cached for a minute.
    const { url } = await photo.get().catch(() => first);
    const hitMs = await medianHitMs(url);
    const summary = `a hit takes ${hitMs} ms, the first answer took ${firstMs}`;
    const targets = [`targets: ${TARGETS_MS.hit} ms and ${TARGETS_MS.firstAnswer} ms`];
    if (hitMs > TARGETS_MS.hit) {
      const text =
        'Try from another network. If hits are slow from everywhere, see whether the price class leaves out the edges near your users.';
      return warning(`${summary}: a hit should take ${TARGETS_MS.hit}`, { text }, targets);
    }
    if (firstMs > TARGETS_MS.firstAnswer) {
      const text =
        'Examine again: the first answer after a while is a cold start. If it stays slow, look into the log of serve-photo.';
      return warning(`${summary}: it should take ${TARGETS_MS.firstAnswer}`, { text }, targets);
    }
    return ok(summary, targets);
  },
};

async function medianHitMs(url: string): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < HITS; n++) took.push((await askEdge(url)).ms);
  return Math.round(took.sort((a, b) => a - b)[(HITS - 1) / 2] ?? 0);
}
