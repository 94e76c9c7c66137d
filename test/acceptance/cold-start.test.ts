// The first list of a system that knows nobody's photo: painted at once, and complete as fast as Telegram allows
// (npm run bench -- recent measures that).

import { beforeAll, expect, test } from 'vitest';
import type { RecentRecord } from '../../core/partner-record.ts';
import { readCounters } from '../../local/bot-api/control.ts';
import { type CameoAndTelegram, getUntil, startWithTelegram } from './running-cameo.ts';

const IDS = Array.from({ length: 10 }, (_, n) => 20_001 + n * 10);

let system: CameoAndTelegram;
beforeAll(async () => {
  system = await startWithTelegram('123456:cold-start');
  return system.end;
});

async function recent(headers = {}) {
  const response = await system.cameo.recent('?limit=10', headers);
  const text = await response.text();
  const partners: RecentRecord[] = text === '' ? [] : JSON.parse(text).partners;
  return { status: response.status, etag: response.headers.get('etag') ?? '', partners };
}

test('ten new partners are a list at once, and ten photos soon, each fetched once', async () => {
  const { cameo, botApi } = system;
  const release = await system.hold('getUserProfilePhotos');
  for (const id of IDS) expect((await cameo.register(id)).status).toBe(202);

  const first = await recent();
  await release();

  expect(first.partners.map(({ userId }) => Number(userId))).toEqual(IDS.toReversed());
  for (const { state, lqip, initials, colour } of first.partners) {
    expect([state, lqip, initials]).toEqual(['pending', null, expect.stringMatching(/^U\d$/)]);
    expect(colour).toBeGreaterThanOrEqual(0);
  }

  for (const { urls } of first.partners) {
    const photo = await getUntil(
      () => cameo.get(urls[512]),
      ({ status }) => status === 200,
    );
    expect(photo.headers.get('content-type')).toBe('image/webp');
  }
  const second = await recent();
  expect(second.partners.map(({ state }) => state)).toEqual(IDS.map(() => 'stored'));
  for (const { lqip, urls } of second.partners) {
    expect(lqip).toMatch(/^data:image\/webp;base64,/);
    expect((await cameo.get(urls[64])).status).toBe(200);
  }
  expect((await recent({ 'if-none-match': second.etag })).status).toBe(304);
  const { calls } = await readCounters(botApi.apiRoot);
  expect([calls.getUserProfilePhotos.total, calls.download.total]).toEqual([10, 10]);
});
