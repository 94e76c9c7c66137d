import { describe, expect, test } from 'vitest';
import { changeReader, type ShownPartner } from '../../../client/core/change-reader.ts';
import { type ChangeFeed, feedTag, photoText } from '../../../core/change-feed.ts';

const NOW = 1_764_000_000_000;
const WINDOW_MS = 300_000;
const POLL_MS = 4_000;
const ADA = { avatarId: 'pfkqot2rc2pr6zafhwfsyqb5p5', photoId: 'AQADold' };
const BOB = { avatarId: 'aaaaaaaaaaaaaaaaaaaaaaaaaa', photoId: 'AQADbob' };

async function tagOf(text: string): Promise<string> {
  return feedTag(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

/** What the server would list, of a change at this moment to what these partners have now. */
async function feedOf(changedAtMs: number, ...partners: ShownPartner[]): Promise<ChangeFeed> {
  const changes = partners.map(async ({ avatarId, photoId }) => ({
    partner: await tagOf(avatarId),
    photo: photoId && (await tagOf(photoText(avatarId, photoId))),
    changedAtMs,
  }));
  return { windowMs: WINDOW_MS, changes: await Promise.all(changes) };
}

const QUIET: ChangeFeed = { windowMs: WINDOW_MS, changes: [] };

describe('a change', () => {
  test('is told of whom it is about, and of nobody else', async () => {
    const read = changeReader();
    const feed = await feedOf(NOW - 1000, { ...ADA, photoId: 'AQADnew' });

    expect(await read(feed, [ADA, BOB], NOW)).toEqual([ADA.avatarId]);
  });

  test('is told of once, although the feed lists it for five minutes', async () => {
    const read = changeReader();
    const feed = await feedOf(NOW - 1000, { ...ADA, photoId: 'AQADnew' });
    await read(feed, [ADA], NOW);

    expect(await read(feed, [ADA], NOW + POLL_MS)).toEqual([]);
  });

  test('is told of when its partner comes to be shown, however late', async () => {
    const read = changeReader();
    const feed = await feedOf(NOW - 1000, { ...ADA, photoId: 'AQADnew' });
    await read(feed, [BOB], NOW);

    expect(await read(feed, [BOB, ADA], NOW + POLL_MS)).toEqual([ADA.avatarId]);
  });

  test('is no news to a page that shows that photo already', async () => {
    const read = changeReader();

    expect(await read(await feedOf(NOW - 1000, ADA, BOB), [ADA, BOB], NOW)).toEqual([]);
  });

  test('is told of again where the photo changed again, even back to what it was', async () => {
    const read = changeReader();
    const other = { ...ADA, photoId: 'AQADnew' };

    const first = await read(await feedOf(NOW, other), [ADA], NOW);
    const back = await read(await feedOf(NOW + 1000, ADA), [other], NOW + POLL_MS);

    expect([first, back]).toEqual([[ADA.avatarId], [ADA.avatarId]]);
  });

  test('is not told of again by an edge that is behind', async () => {
    const read = changeReader();
    const older = await feedOf(NOW - 2000, { ...ADA, photoId: 'AQADolder' });
    await read(await feedOf(NOW - 1000, ADA), [ADA], NOW);

    expect(await read(older, [ADA], NOW + POLL_MS)).toEqual([]);
  });

  test.each([null, 'AQADold'])(
    'to no photo is told of where the page knows of %s',
    async (photoId) => {
      const read = changeReader();
      const gone = await feedOf(NOW - 1000, { ...ADA, photoId: null });

      expect(await read(gone, [{ ...ADA, photoId }], NOW)).toEqual([ADA.avatarId]);
    },
  );

  test('to a first photo is told of', async () => {
    const read = changeReader();

    const changed = await read(await feedOf(NOW, ADA), [{ ...ADA, photoId: null }], NOW);

    expect(changed).toEqual([ADA.avatarId]);
  });

  test('names a partner once who is shown twice', async () => {
    const read = changeReader();
    await read(QUIET, [], NOW);

    const changed = await read(QUIET, [ADA, ADA], NOW + WINDOW_MS);

    expect(changed).toEqual([ADA.avatarId]);
  });
});

describe('a feed that does not reach back to the last one', () => {
  test('has everybody asked for again, once', async () => {
    const read = changeReader();
    await read(QUIET, [ADA], NOW);
    const later = NOW + WINDOW_MS;

    const first = await read(QUIET, [ADA, BOB], later);
    const second = await read(QUIET, [ADA, BOB], later + POLL_MS);

    expect([first, second]).toEqual([[ADA.avatarId, BOB.avatarId], []]);
  });

  test.each([
    [WINDOW_MS - 15_000, []],
    [WINDOW_MS - 14_999, [ADA.avatarId]],
  ])('is one after %i ms: what is listed late is not lost', async (gapMs, expected) => {
    const read = changeReader();
    await read(QUIET, [ADA], NOW);

    expect(await read(QUIET, [ADA], NOW + gapMs)).toEqual(expected);
  });

  test('is none at a first look: what the page brought with it is as old as it is', async () => {
    expect(await changeReader()(QUIET, [ADA], NOW)).toEqual([]);
  });

  test('in an import has everybody asked for once a minute, and not at every look', async () => {
    const read = changeReader();
    const crowded = { ...QUIET, windowMs: 3_000 };
    await read(crowded, [ADA], NOW);

    const looks = Array.from({ length: 32 }, (_, n) => NOW + (n + 1) * POLL_MS);
    const asked: number[] = [];
    for (const atMs of looks) {
      if ((await read(crowded, [ADA], atMs)).length > 0) asked.push(atMs - NOW);
    }

    expect(asked).toEqual([64_000, 128_000]);
  });

  test('after an import still has everybody asked for who was not yet', async () => {
    const read = changeReader();
    await read({ ...QUIET, windowMs: 3_000 }, [ADA], NOW);
    await read({ ...QUIET, windowMs: 3_000 }, [ADA], NOW + 40_000);

    const changed = await read({ ...QUIET, windowMs: 60_000 }, [ADA], NOW + 61_000);

    expect(changed).toEqual([ADA.avatarId]);
  });
});
