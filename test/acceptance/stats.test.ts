// `cameo stats` on a system that runs: what it tells is what was asked of the edge and of Telegram.

import { beforeAll, expect, test, vi } from 'vitest';
import type { Stats } from '../../cli/stats/stats.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { SIZES } from '../../core/sizes.ts';
import { addFault, changePhoto, readCounters } from '../../local/bot-api/control.ts';
import { callCameo } from '../cli/call-cameo.ts';
import { type CameoAndTelegram, startWithTelegram } from './running-cameo.ts';

// The stand-in shows no photo of an id that ends in 0.
const WITH_PHOTO = ['1', '2', '3'];
const WITHOUT = '10';

let system: CameoAndTelegram;
beforeAll(async () => {
  system = await startWithTelegram('123456:stats', { CAMEO_WARM_PARTNERS: '0' });
  return system.end;
});

/** Waits until Telegram has answered for all of these; no picture is asked for. */
async function settled(ids: string[], accept: (record: PartnerRecord) => boolean): Promise<void> {
  const all = async () => (await system.cameo.resolve(ids)).every(accept);
  await vi.waitUntil(all, { timeout: 30_000, interval: 100 });
}

test('stats agree with what was asked', async () => {
  const { cameo, botApi } = system;
  const ids = [...WITH_PHOTO, WITHOUT];
  await addFault(botApi.apiRoot, { call: 'getFile', effect: 'error', status: 429, retryAfter: 1 });
  for (const id of ids) await cameo.register(id);
  await settled(ids, ({ state }) => state !== 'pending');
  const [first] = await cameo.resolve(['1']);
  // A file_id that is given makes the worker ask at once.
  await changePhoto(botApi.apiRoot, 1);
  await cameo.register('1', { photoFileId: 'another' });
  await settled(['1'], ({ photoId }) => photoId !== first?.photoId);
  const [partner, , , without] = await cameo.resolve(ids);
  const paths = [
    ...SIZES.map((size) => `/avatars/${partner?.avatarId}?size=${size}`),
    `/avatars/${without?.avatarId}`,
    `/avatars/${avatarIdOf('k', 'a stranger')}`,
  ];
  for (const path of paths) await cameo.get(path);

  // A worker tells of its photos when it is done with all of its batch, which is after the records have changed.
  const stats = () => callCameo(['stats', '--json'], { CAMEO_DATA_DIR: cameo.dataDir });
  const refreshed = async () => {
    const { metrics } = (await stats()).json<Stats>();
    return metrics.available && (metrics.photos.refreshed ?? 0) > 0;
  };
  await vi.waitUntil(refreshed, { timeout: 30_000, interval: 100 });
  const { code, json } = await stats();

  const { metrics, edge, queues } = json<Stats>();
  if (!metrics.available || !edge.available) throw new Error('not available');
  const { calls } = await readCounters(botApi.apiRoot);
  const { answers, telegram, photos, pictureBytes, timeToPhotoMs, renderTimeMs } = metrics;
  expect(code).toBe(0);
  expect((answers['hit-s3'] ?? 0) + (answers['hit-memory'] ?? 0)).toBe(SIZES.length);
  expect(answers).toMatchObject({ none: 1, unknown: 1, pending: 0, limited: 0, unavailable: 0 });
  expect(metrics.hitRate).toBe(1);
  for (const [method, outcomes] of Object.entries(telegram.calls)) {
    const counted = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    expect([method, counted]).toEqual([method, calls[method as keyof typeof calls].total]);
  }
  expect(telegram.throttled).toBe(1);
  expect(telegram.pauses.throttled).toMatchObject({ count: 1 });
  expect(photos).toMatchObject({ stored: 3, refreshed: 1, none: 1, gone: 0, erased: 0 });
  expect(telegram.callsPerPhoto).toBeCloseTo(telegram.total / 4);
  for (const size of SIZES) expect(pictureBytes[size]?.count).toBe(4);
  expect([timeToPhotoMs.count, renderTimeMs.count]).toEqual([3, 4]);
  expect(edge.requests).toBeGreaterThanOrEqual(paths.length);
  expect(queues.fetch.deadLetters).toBe(0);
});
