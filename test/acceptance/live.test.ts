// The feed of changes as pages meet it: at the edge, which asks once for all of them.

import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type ChangeFeed, feedTag, photoText } from '../../core/change-feed.ts';
import { changePhoto } from '../../local/bot-api/control.ts';
import { type ChangingSystem, startChangingSystem } from './changing-system.ts';

const FEED = '/api/partner/changes';

let system: ChangingSystem;
beforeAll(async () => {
  system = await startChangingSystem();
  return system.stop;
});
beforeEach(() => {
  system.pass(10_000);
  system.deployed.wires.dynamodb.untouched();
});

async function feed(): Promise<ChangeFeed> {
  return JSON.parse((await system.get(FEED)).body.toString());
}

const tagOf = (text: string) =>
  feedTag(new Uint8Array(createHash('sha256').update(text).digest()).buffer);

/** How often the table was asked for changes since the last `untouched`. */
const questions = () =>
  system.deployed.wires.dynamodb.seen.filter(({ operation }) => operation === 'Query').length;

test('a thousand pages that look within two seconds are one question, and the next thousand another', async () => {
  const lookAll = () => Promise.all(Array.from({ length: 1_000 }, () => system.get(FEED)));

  const first = await lookAll();
  const afterTheFirst = questions();
  system.pass(2_000);
  const second = await lookAll();

  expect([afterTheFirst, questions()]).toEqual([1, 2]);
  expect([...first, ...second].every(({ status }) => status === 200)).toBe(true);
});

test('a query of one’s own asks nothing more', async () => {
  await system.get(FEED);
  await system.get(`${FEED}?x=1`);
  await system.get(`${FEED}?x=2`);

  expect(questions()).toBe(1);
});

test('a photo that changed is in the feed two seconds after it was stored', async () => {
  const before = await system.partnerWithPhoto();
  const { userId, avatarId } = before;
  await feed();
  await changePhoto(system.deployed.botApi.apiRoot, Number(userId));
  await system.api('PUT', userId, { photoFileId: 'AgACAgIAAxkBAAM' });
  await system.drain();
  system.pass(2_000);

  const { changes } = await feed();

  const { photoId } = await system.recordOf(userId);
  expect(photoId).not.toBe(before.photoId);
  expect(changes[0]).toMatchObject({
    partner: tagOf(avatarId),
    photo: tagOf(photoText(avatarId, String(photoId))),
  });
});

test('an error is not kept: whoever looks next is answered', async () => {
  system.deployed.wires.dynamodb.intercept(async () => 'cut');
  const broken = await system.get(FEED);
  system.deployed.wires.dynamodb.untouched();

  const next = await system.get(FEED);

  expect([broken.status, next.status]).toEqual([503, 200]);
  expect(broken.headers['retry-after']).toBe('5');
  system.deployed.takeLog();
});
