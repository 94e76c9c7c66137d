import { expect, test } from 'vitest';
import { adviceFor } from '../../../cli/inspect/advice.ts';
import type { Inspection } from '../../../cli/inspect/inspection.ts';
import { inspection, letter, MINUTE, NOW, partner, pictures } from './inspections.ts';

const { photo: _, checkedAtMs: _checked, ...pending } = partner;

function errorAt(atMs: number): Inspection['errors'] {
  const line = { atMs, group: 'g', message: 'fetch failed', requestId: null };
  const lines = [{ ...line, error: 'TelegramTransient: 502' }];
  return { available: true, sinceHours: 24, lines };
}

test.each<[string, Partial<Inspection>]>([
  ['a stored photo', {}],
  ['a photo on its way', { standing: { partner: { ...pending, joinedAtMs: NOW } }, pictures: [] }],
  ['a fetch that failed and then did not', { errors: errorAt(NOW - 2 * MINUTE) }],
  ['nobody, after an erasure', { standing: { erasedAtMs: NOW - MINUTE }, pictures: [] }],
  ['pictures of an erasure that has just begun', { standing: { erasedAtMs: NOW, erasureId: 'e' } }],
])('nothing is wrong with %s', (_, change) => {
  expect(adviceFor(inspection(change))).toEqual([]);
});

test.each<[string, Partial<Inspection>, RegExp]>([
  [
    'an edge that is away',
    { edge: { url: 'u', error: 'ENOTFOUND' } },
    /ENOTFOUND.* → check .*DNS$/,
  ],
  [
    'an edge that fails',
    { edge: { url: 'u', status: 503, xAvatar: null, xCache: null, ageSeconds: null } },
    /answers 503 → see the last errors/,
  ],
  ['a stranger', { standing: {}, pictures: [] }, /nobody is registered .* → PUT/],
  [
    'a dead letter',
    { deadLetters: [letter('TelegramRefused: 400')] },
    /^dead letter in fetch: TelegramRefused: 400 → .*npx cameo redrive --stack s$/,
  ],
  [
    'dead letters without a reason',
    { deadLetters: [letter(), letter()] },
    /no reason, its worker died or ran out of time and 1 more → /,
  ],
  ['a pause', { pausedUntilMs: NOW + 5 * MINUTE }, /nobody may ask Telegram for 5 min more → wait/],
  [
    'a fetch that failed since the last answer',
    { errors: errorAt(NOW - MINUTE / 2) },
    /^the last try failed \(TelegramTransient: 502\) → it is tried again by itself.*redrive --stack s$/,
  ],
  [
    'a photo that does not come',
    { standing: { partner: pending }, pictures: [] },
    /^no photo 9 min after joining → see the queues/,
  ],
  ['a photo in part', { pictures: pictures.slice(1) }, /the bucket lacks 64 px of the photo → /],
  [
    'pictures of nobody',
    { standing: { erasedAtMs: NOW - 5 * MINUTE } },
    /^4 pictures of nobody are in the bucket → npx cameo redrive --stack s,/,
  ],
])('%s is told with what to do', (_, change, advice) => {
  expect(adviceFor(inspection(change))).toEqual([expect.stringMatching(advice)]);
});
