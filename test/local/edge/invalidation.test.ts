import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../local/edge/message.ts';
import { answer, edgeBefore, heldAnswers, settled } from './fixtures.ts';

const CURRENT = 'public, max-age=300, stale-while-revalidate=60, stale-if-error=86400';
const photo = (text: string) => answer(200, { 'cache-control': CURRENT, etag: `"${text}"` }, text);
const text = async (given: Promise<HttpAnswer>) => (await given).body.toString();

/** An edge that has answers for all of these targets, whose origin is asked for those that it has not. */
async function edgeHolding(...targets: string[]) {
  const made = edgeBefore(() => photo('p'), { photos: () => photo('p') });
  for (const target of targets) await made.get(target);
  const asked = async () => {
    made.seen.api.length = 0;
    made.seen.photos.length = 0;
    for (const target of targets) await made.get(target);
    return [...made.seen.photos, ...made.seen.api].map(
      ({ path, query }) => path + (query && `?${query}`),
    );
  };
  return { ...made, asked };
}

test('a star at the end covers every path and query that begins so, and nothing else', async () => {
  const { edge, asked } = await edgeHolding(
    '/avatars/a/p/64.webp',
    '/avatars/a',
    '/avatars/a?size=64',
    '/avatars/b',
    '/api/partner/photo/a',
  );

  edge.invalidate(['/avatars/a*']);

  expect(edge.stats().entries).toBe(2);
  expect(await asked()).toEqual(['/avatars/a/p/64.webp', '/avatars/a', '/avatars/a?size=64']);
});

test('a path without a star covers itself, with the query that it names', async () => {
  const { edge, asked } = await edgeHolding('/avatars/a', '/avatars/a?size=64', '/avatars/ab');

  edge.invalidate(['/avatars/a', '/avatars', '/avatars/a?']);
  expect(await asked()).toEqual(['/avatars/a']);

  edge.invalidate(['/avatars/a?size=64']);
  expect(await asked()).toEqual(['/avatars/a?size=64']);
});

test('a star elsewhere is a star', async () => {
  const { edge, asked } = await edgeHolding('/avatars/a', '/avatars/*/x', '/avatars/*/y');

  edge.invalidate(['/avatars/*/x', '/avatars/*/', '/*/a']);

  expect(await asked()).toEqual(['/avatars/*/x']);
});

test('several paths are covered each, and a slash with a star is everything', async () => {
  const { edge, asked } = await edgeHolding('/avatars/a', '/avatars/b', '/avatars/c');

  edge.invalidate(['/avatars/a*', '/avatars/c']);
  expect(await asked()).toEqual(['/avatars/a', '/avatars/c']);

  edge.invalidate(['/*']);
  expect(edge.stats().entries).toBe(0);
});

test('who asked before gets the answer that comes after, and nobody else does', async () => {
  const held = heldAnswers();
  const { edge, get } = edgeBefore(held.react);
  const before = [get('/avatars/a'), get('/avatars/a')];
  await settled();

  edge.invalidate(['/avatars/a*']);
  const after = get('/avatars/a');
  await settled();
  expect(held.waiting).toHaveLength(2);
  held.waiting[1]?.(photo('new'));
  await after;
  held.waiting[0]?.(photo('old'));

  expect(await Promise.all(before.map(text))).toEqual(['old', 'old']);
  expect(await text(after)).toBe('new');
  expect(await text(get('/avatars/a'))).toBe('new');
  expect(held.waiting).toHaveLength(2);
});

test('the end of a forgotten request does not open the way for a second one', async () => {
  const held = heldAnswers();
  const { edge, get } = edgeBefore(held.react);
  const first = get('/avatars/a');
  await settled();

  edge.invalidate(['/avatars/a']);
  const second = get('/avatars/a');
  await settled();
  held.waiting[0]?.(photo('old'));
  await first;
  const third = get('/avatars/a');
  await settled();

  expect(held.waiting).toHaveLength(2);
  held.waiting[1]?.(photo('new'));
  expect(await Promise.all([second, third].map(text))).toEqual(['new', 'new']);
});

test('an error brings nothing back that was kept', async () => {
  const answers = [photo('old'), answer(500, {})];
  const { edge, get } = edgeBefore(() => answers.shift() ?? answer(500, {}));
  await get('/avatars/a');

  edge.invalidate(['/avatars/a']);

  expect((await get('/avatars/a')).status).toBe(500);
});

test('an error brings nothing back that was being asked for again', async () => {
  const held = heldAnswers();
  const { edge, get, clock } = edgeBefore(held.react);
  const first = get('/avatars/a');
  held.waiting.shift()?.(photo('old'));
  await first;
  clock.nowMs += 360_000;

  const again = get('/avatars/a');
  await settled();
  edge.invalidate(['/avatars/a']);
  held.waiting.shift()?.(answer(500, {}));

  expect((await again).status).toBe(500);
});

/** An origin whose answers name the version that was there when it was asked, given in any order. */
function versionedOrigin(replies: Iterator<readonly [cacheControl: string, fails: boolean]>) {
  let version = 0;
  const waiting: (() => void)[] = [];
  const react = ({ headers }: HttpRequest) => {
    const [cacheControl, fails] = replies.next().value;
    const fields = { 'cache-control': cacheControl, etag: `"${version}"` };
    const known = headers['if-none-match'] === fields.etag;
    const whole = known ? answer(304, fields) : answer(200, fields, String(version));
    return new Promise<HttpAnswer>((resolve) => {
      waiting.push(() => resolve(fails ? answer(500, {}) : whole));
    });
  };
  return {
    react,
    waiting,
    version: () => version,
    change: () => {
      version++;
    },
  };
}

test('whoever asks after an invalidation gets nothing that the origin said before it', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('view' as const) },
    { weight: 1, arbitrary: fc.constant('invalidate' as const) },
    { weight: 1, arbitrary: fc.constant('later' as const) },
    { weight: 3, arbitrary: fc.nat(9).map((which) => ({ which })) },
  );
  const cacheControl = fc.constantFrom(CURRENT, 'max-age=0', 'private', 'max-age=9');
  const fails = fc.integer({ min: 0, max: 5 }).map((one) => one === 0);

  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.infiniteStream(fc.tuple(cacheControl, fails)),
      async (steps, replies) => {
        const { react, waiting, version, change } = versionedOrigin(replies);
        const { edge, get, clock } = edgeBefore(react);
        const viewed: Promise<void>[] = [];

        async function view() {
          const least = version();
          const { status, body } = await get('/avatars/a');
          if (status === 200) expect(Number(body.toString())).toBeGreaterThanOrEqual(least);
        }
        function take(now: (typeof steps)[number]) {
          if (now === 'view') viewed.push(view());
          else if (now === 'later') clock.nowMs += 301_000;
          else if (now !== 'invalidate') waiting.splice(now.which % waiting.length, 1)[0]?.();
          else {
            change();
            edge.invalidate(['/avatars/a*']);
          }
        }
        for (const now of steps) {
          take(now);
          await settled();
        }
        while (waiting.length > 0) {
          waiting.shift()?.();
          await settled();
        }
        await Promise.all(viewed);
      },
    ),
    { numRuns: 300 },
  );
});
