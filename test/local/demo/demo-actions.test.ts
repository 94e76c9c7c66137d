// What the demo page's buttons do, pressed as the page presses them, in a system that runs as `npm start` does.

import { beforeAll, describe, expect, test } from 'vitest';
import type { PartnerRecord } from '../../../core/partner-record.ts';
import { CAST } from '../../../local/demo/cast.ts';
import { DEMO_USERS } from '../../../local/sign-in.ts';
import {
  newDataDir,
  type RunningCameo,
  removeDataDir,
  startCameo,
  startWithTelegram,
} from '../../acceptance/running-cameo.ts';

const ADA = String(CAST.at(-1)?.userId);

async function press(cameo: RunningCameo, button: string, input?: object): Promise<Response> {
  return cameo.get(`/local/demo/${button}`, {
    method: 'POST',
    headers: { 'x-cameo-local': '1' },
    ...(input && { body: JSON.stringify(input) }),
  });
}

describe('where Telegram is the stand-in', () => {
  let cameo: RunningCameo;
  beforeAll(async () => {
    cameo = await startCameo(newDataDir());
    await press(cameo, 'seed');
    return async () => {
      await cameo.end('SIGTERM');
      removeDataDir(cameo.dataDir);
    };
  });

  const pressed = async (button: string, input?: object) =>
    (await press(cameo, button, input)).json();

  /** Asks for a partner's record until it is as it shall be. */
  async function recordOnce(
    userId: string,
    isRight: (record: PartnerRecord) => boolean,
  ): Promise<PartnerRecord> {
    for (;;) {
      const [record] = await cameo.resolve([userId]);
      if (record && isRight(record)) return record;
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }

  const photoOf = async (userId: string) =>
    (await recordOnce(userId, ({ state }) => state === 'stored')).photoId;

  test('brings the cast, the last to join first, and nobody twice', async () => {
    const again = await pressed('seed');
    const { partners } = await (await cameo.recent('?limit=50')).json();

    const joined = partners.map(({ userId }: PartnerRecord) => Number(userId));
    expect(joined).toEqual(CAST.map(({ userId }) => userId).reverse());
    expect(again).toEqual({ joined: 0 });
  });

  test.each(DEMO_USERS)('signs $first_name in, whom the API then knows', async (user) => {
    const userId = String(user.id);
    const { initData, ...rest } = await pressed('sign-in', { userId });
    const me = await cameo.get('/api/partner/me', {
      method: 'POST',
      headers: { authorization: `tma ${initData}` },
    });

    expect(await me.json()).toMatchObject({ userId, username: user.username });
    expect(rest).toMatchObject({
      userId,
      accounts: DEMO_USERS.map(({ id }) => expect.objectContaining({ userId: String(id) })),
      standIn: { isTelegramBroken: false, lineIsCutMs: 0 },
    });
  });

  test.each([{ userId: '42' }, { userId: 42 }, {}])('signs nobody else in: %o', async (input) => {
    expect((await press(cameo, 'sign-in', input)).status).toBe(400);
  });

  test('another photo is there by itself', async () => {
    const before = await photoOf(ADA);

    await pressed('change-photo', { userId: ADA });

    const { photoId } = await recordOnce(ADA, (record) => record.photoId !== before);
    expect(photoId).toEqual(expect.any(String));
  });

  test('a hidden photo goes, and a change shows one again', async () => {
    const userId = '5204118073';
    await photoOf(userId);

    await pressed('hide-photo', { userId });
    const hidden = await recordOnce(userId, ({ state }) => state === 'none');
    await pressed('change-photo', { userId });

    expect(hidden.photoId).toBeNull();
    expect(await photoOf(userId)).toEqual(expect.any(String));
  });

  test('whoever is erased is known no more', async () => {
    const userId = '5204118074';

    await pressed('erase', { userId });

    expect(await cameo.resolve([userId])).toEqual([{ id: userId, state: 'unknown' }]);
  });

  test('a change at a broken Telegram comes when it is mended', async () => {
    const userId = '5204118075';
    const before = await photoOf(userId);

    const broken = await pressed('break-telegram');
    await pressed('change-photo', { userId });
    const meanwhile = await photoOf(userId);
    const mended = await pressed('mend-telegram');

    expect([broken.isTelegramBroken, mended.isTelegramBroken]).toEqual([true, false]);
    expect(meanwhile).toBe(before);
    await recordOnce(userId, ({ photoId }) => photoId !== before);
  });

  test('a line that is cut has nobody at its end, but for the switch', async () => {
    const { lineIsCutMs } = await pressed('cut-line');
    const page = cameo.get('/placeholders/0/A.svg').then(
      () => 'an answer',
      () => 'nobody',
    );
    const meanwhile = await page;
    const mended = await pressed('mend-line');
    const afterwards = await cameo.get('/placeholders/0/A.svg');

    expect(lineIsCutMs).toBeGreaterThan(0);
    expect(meanwhile).toBe('nobody');
    expect(mended.lineIsCutMs).toBe(0);
    expect(afterwards.status).toBe(200);
  });

  test.each(['change-photo', 'hide-photo', 'erase'])('%s wants to know whose', async (button) => {
    const answer = await press(cameo, button, { userId: '../me' });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ title: 'Send {"userId": "42"}' });
  });
});

test('where Telegram is another one there is only the sign-in', async () => {
  const { cameo, end } = await startWithTelegram('4242:demo-actions');
  const signedIn = await (await press(cameo, 'sign-in')).json();
  const others = await Promise.all(
    ['seed', 'change-photo', 'break-telegram', 'cut-line'].map((button) => press(cameo, button)),
  );
  await end();

  expect(signedIn.standIn).toBeNull();
  expect(others.map(({ status }) => status)).toEqual([405, 405, 405, 405]);
});
