// What the page's buttons do, as the page does it, in a system that runs as `npm start` does.

import { beforeAll, describe, expect, test } from 'vitest';
import { type CameoAndTelegram, startWithTelegram } from '../acceptance/running-cameo.ts';

const OURS = { method: 'POST', headers: { 'x-cameo-local': '1' } };
let system: CameoAndTelegram;
beforeAll(async () => {
  system = await startWithTelegram('4242:demo-user');
  return () => system.end();
});

async function signIn(): Promise<string> {
  const answer = await system.cameo.get('/local/sign-in', OURS);
  return `tma ${(await answer.json()).initData}`;
}

async function call(method: string, path: string, given: { authorization?: string } = {}) {
  const { authorization = await signIn() } = given;
  return system.cameo.get(path, { method, headers: { authorization } });
}

describe('the demo user', () => {
  test('joins and gets a photo, is erased, and has a receipt', async () => {
    const joined = await (await call('POST', '/api/partner/me')).json();
    const photo = await system.cameo.get(`/avatars/${joined.avatarId}?wait=5`);
    const erased = await call('DELETE', '/api/partner/me');
    const { erasureId } = await erased.json();
    const receipt = await call('GET', `/api/partner/erasures/${erasureId}`);

    expect(joined).toMatchObject({ name: 'Grace Hopper', state: 'pending' });
    expect(photo.headers.get('content-type')).toBe('image/webp');
    expect(erased.status).toBe(202);
    expect(await receipt.json()).toMatchObject({ erasureId, state: 'pending' });
  });

  test('is nobody with a sign-in that was changed', async () => {
    const authorization = (await signIn()).replace('Grace', 'Carol');

    expect((await call('POST', '/api/partner/me', { authorization })).status).toBe(401);
  });
});

test('warming runs when it is told to, and the schedule goes on as before', async () => {
  const warming = async () =>
    (await (await system.cameo.get('/local/status')).json()).schedules.warm;
  const before = await warming();

  await system.cameo.get('/local/schedule/warm/run', OURS);
  let after = await warming();
  while (after.state !== 'idle') after = await warming();

  expect(after).toEqual({
    ...before,
    lastRun: {
      endedAtMs: expect.any(Number),
      outcome: 'succeeded',
      answer: { looked: 0, asked: 0 },
    },
  });
  expect(after.lastRun.endedAtMs).toBeLessThan(before.nextRunAtMs);
});
