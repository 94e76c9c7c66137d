import { describe, expect, test } from 'vitest';
import {
  createRecords,
  isNewer,
  isStale,
  type Known,
  partnerOf,
} from '../../../client/core/records.ts';
import type { PartnerRecord } from '../../../core/partner-record.ts';

const AVATAR_ID = 'abcdefghijklmnopqrstuvwxyz';

function known(askedAtMs: number, changes: Partial<PartnerRecord> = {}): Known {
  const record: PartnerRecord = {
    userId: '7',
    avatarId: AVATAR_ID,
    photoId: 'face',
    state: 'stored',
    urls: { 64: '', 150: '', 300: '', 512: '' },
    lqip: null,
    name: 'Ada',
    username: null,
    initials: 'A',
    colour: 0,
    checkedAt: '2026-01-01T00:00:00.000Z',
    ...changes,
  };
  return { record, askedAtMs, usedAtMs: askedAtMs };
}

const nobody = (id: string, askedAtMs: number): Known => ({
  record: { id, state: 'unknown' },
  askedAtMs,
  usedAtMs: askedAtMs,
});

describe('an answer', () => {
  test.each([
    ['of a later check', known(1, { checkedAt: '2026-01-02T00:00:00.000Z' }), true],
    ['of an earlier check', known(9, { checkedAt: '2025-12-31T00:00:00.000Z' }), false],
    ['of the same check, asked later', known(6), true],
    ['of the same check, asked earlier', { ...known(4), usedAtMs: 5 }, false],
    ['of the same check, since the clock was set back', { ...known(1), usedAtMs: 2 }, true],
    ['of somebody who began anew', known(6, { checkedAt: null }), true],
    ['of nobody, asked later', nobody(AVATAR_ID, 6), true],
    ['of nobody, asked earlier', { ...nobody(AVATAR_ID, 4), usedAtMs: 5 }, false],
  ])('%s: newer is %s', (_, next, isIt) => {
    expect(isNewer(next, known(5))).toBe(isIt);
  });

  test.each([
    [known(0), 'after all time', true],
    [known(900), 'for its time', false],
    [known(1001), 'out of the future', true],
  ])('is stale %#', (record, _, isIt) => {
    expect(isStale(record, 500, 1000)).toBe(isIt);
  });
});

describe('the records', () => {
  test('are found by both ids of a partner', () => {
    const records = createRecords([known(1)]);

    expect(records.get('7')).toBe(records.get(AVATAR_ID));
    expect(records.keyOf('7')).toBe(AVATAR_ID);
  });

  test('tell what somebody who looks would notice', () => {
    const records = createRecords([]);

    const noticed = [
      records.learn(known(1)),
      records.learn(known(2, { username: 'ada' })),
      records.learn(known(3, { name: 'Ada L.' })),
      records.learn(known(4, { name: 'Ada L.', photoId: 'new' })),
      records.learn(nobody('7', 5)),
    ];

    expect(noticed).toEqual([false, false, true, true, true]);
  });

  test('keep what is newer', () => {
    const records = createRecords([known(5)]);

    const isNoticed = records.learn({ ...known(4, { photoId: 'old' }), usedAtMs: 6 });

    expect(isNoticed).toBe(false);
    expect(partnerOf(records.get('7'))?.photoId).toBe('face');
  });

  test('know somebody who was nobody', () => {
    const records = createRecords([nobody('7', 1)]);

    const isNoticed = records.learn(known(2));

    expect(isNoticed).toBe(true);
    expect(records.all()).toHaveLength(1);
    expect(partnerOf(records.get('7'))?.name).toBe('Ada');
  });

  test('are in the order of their last use', () => {
    const records = createRecords([nobody('1', 1), nobody('3', 3), nobody('2', 2)]);

    expect(records.all().map(({ usedAtMs }) => usedAtMs)).toEqual([3, 2, 1]);
  });
});
