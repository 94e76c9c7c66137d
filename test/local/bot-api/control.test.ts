import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  addFault,
  changePhoto,
  currentPhoto,
  deletePhoto,
  hidePhotos,
  readCounters,
  resetBotApi,
  resetCounters,
  rotateToken,
  setLatency,
  setPhoto,
  unhidePhotos,
} from '../../../local/bot-api/control.ts';
import { standIn, TOKEN } from './stand-in.ts';

describe("a user's photo", () => {
  test('changes to the next photograph, and back to the old ids when that is deleted', async () => {
    const { apiRoot, sizes } = await standIn();
    const first = (await sizes(7)).map(({ file_unique_id }) => file_unique_id);

    const changed = await changePhoto(apiRoot, 7);
    const second = (await sizes(7)).map(({ file_unique_id }) => file_unique_id);
    await deletePhoto(apiRoot, 7);
    const again = (await sizes(7)).map(({ file_unique_id }) => file_unique_id);

    expect(changed.photos.map(({ photograph }) => photograph)).toEqual([
      'astronaut',
      'astronaut-wide',
    ]);
    expect(second).toContain(changed.photos[0]?.bigUniqueId);
    expect(second).not.toEqual(first);
    expect(again).toEqual(first);
  });

  test('gets new ids even when it is the same photograph again', async () => {
    const { apiRoot } = await standIn();

    const ids = new Set<string>();
    for (const name of ['cat', 'coffee', 'cat'] as const) {
      await deletePhoto(apiRoot, 7);
      const { photos } = await setPhoto(apiRoot, 7, name);
      ids.add(photos[0]?.bigUniqueId ?? '');
    }

    expect(ids.size).toBe(3);
  });

  test('can be hidden, whatever is uploaded, and shown again', async () => {
    const { apiRoot, sizes } = await standIn();
    const before = await sizes(7);

    await hidePhotos(apiRoot, 7);
    await changePhoto(apiRoot, 7);
    const hidden = await sizes(7);
    await deletePhoto(apiRoot, 7);
    await unhidePhotos(apiRoot, 7);
    const shown = await sizes(7);

    expect(hidden).toEqual([]);
    expect(shown.map((size) => size.file_unique_id)).toEqual(
      before.map((size) => size.file_unique_id),
    );
  });

  test.each([70, 50_404])('can be given to user %i, who has none', async (userId) => {
    const { apiRoot, sizes } = await standIn();
    await expect(currentPhoto(apiRoot, userId)).rejects.toThrow('no photo');

    await setPhoto(apiRoot, userId, 'cat');

    expect(await sizes(userId)).toHaveLength(3);
    expect((await currentPhoto(apiRoot, userId)).length).toBeGreaterThan(0);
  });

  test('can be any bytes', async () => {
    const { apiRoot, fileUrl } = await standIn();
    const svg = new TextEncoder().encode('<svg onload="alert(1)"/>');
    await setPhoto(apiRoot, 7, svg);

    const response = await fetch(await fileUrl(7));

    expect(await response.text()).toBe('<svg onload="alert(1)"/>');
  });

  test('is nothing to an unknown user', async () => {
    const { apiRoot } = await standIn();

    const known = await fetch(`${apiRoot}/control/users/7`);
    const unknown = await fetch(`${apiRoot}/control/users/50404`);

    expect(await known.json()).toMatchObject({ userId: 7, hidden: false });
    expect(unknown.status).toBe(404);
  });
});

describe('a restart', () => {
  test('keeps the photos of users if there is a state file, and only those', async () => {
    const stateFile = join(temporaryFolder(), 'new', 'bot-api.json');
    const before = await standIn({ stateFile });
    await changePhoto(before.apiRoot, 7);
    await setPhoto(before.apiRoot, 8, new Uint8Array([1, 2, 3]));
    await hidePhotos(before.apiRoot, 9);
    await addFault(before.apiRoot, { call: 'getUserProfilePhotos', effect: 'hang' });
    const expected = (await changePhoto(before.apiRoot, 7)).photos;
    await before.close();

    const { apiRoot, sizes } = await standIn({ stateFile });
    const user = await (await fetch(`${apiRoot}/control/users/7`)).json();

    expect(user).toMatchObject({ photos: expected });
    expect([...(await currentPhoto(apiRoot, 8))]).toEqual([1, 2, 3]);
    expect(await sizes(9)).toEqual([]);
    expect(readdirSync(join(stateFile, '..'))).toEqual(['bot-api.json']);
  });

  test('finds the old state or the new one, as the file is replaced whole', async () => {
    const stateFile = join(temporaryFolder(), 'bot-api.json');
    const { apiRoot } = await standIn({ stateFile });
    await changePhoto(apiRoot, 7);
    const before = readFileSync(stateFile, 'utf8');
    const open = openSync(stateFile, 'r');
    onTestFinished(() => closeSync(open));

    await changePhoto(apiRoot, 7);

    expect(readFileSync(open, 'utf8')).toBe(before);
    expect(readFileSync(stateFile, 'utf8')).not.toBe(before);
  });

  test('never gives the ids of a deleted photo to a new one', async () => {
    const stateFile = join(temporaryFolder(), 'bot-api.json');
    const before = await standIn({ stateFile });
    const deleted = (await changePhoto(before.apiRoot, 7)).photos[0];
    await deletePhoto(before.apiRoot, 7);
    await before.close();

    const { apiRoot } = await standIn({ stateFile });
    const { photos } = await changePhoto(apiRoot, 7);

    expect(photos[0]?.photograph).toBe(deleted?.photograph);
    expect(photos[0]?.bigUniqueId).not.toBe(deleted?.bigUniqueId);
  });

  test('refuses a file that is not of a stand-in', async () => {
    const stateFile = join(temporaryFolder(), 'bot-api.json');
    writeFileSync(stateFile, '{"users":');

    await expect(standIn({ stateFile })).rejects.toThrow('is not a state file');
  });
});

describe('the other knobs', () => {
  test('latency holds each call for its own time', async () => {
    const waits: number[] = [];
    const wait = async (ms: number) => waits.push(ms);
    const { apiRoot, call, fileUrl } = await standIn({ wait });
    await setLatency(apiRoot, { getFile: 60, download: 80 });

    await call('getMe');
    await fetch(await fileUrl(7));

    expect(waits).toEqual([60, 80]);
  });

  test('a call stops waiting when its client goes away', async () => {
    const waits: AbortSignal[] = [];
    const wait = (_: number, signal: AbortSignal) => {
      waits.push(signal);
      return new Promise(() => {});
    };
    const { apiRoot } = await standIn({ wait });
    await setLatency(apiRoot, { getMe: 60 });
    const client = new AbortController();
    const gone = fetch(`${apiRoot}/bot${TOKEN}/getMe`, { signal: client.signal });
    await inFlight(apiRoot, 1);

    client.abort();

    await expect(gone).rejects.toThrow('aborted');
    await inFlight(apiRoot, 0);
    expect(waits.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('close() ends a call that waits', async () => {
    const { apiRoot, call, close } = await standIn();
    await setLatency(apiRoot, { getMe: 600_000 });
    const ended = expect(call('getMe')).rejects.toThrow('fetch failed');
    await inFlight(apiRoot, 1);

    await close();

    await ended;
  });

  test('a rotated token replaces the old one, and file_ids stay good', async () => {
    const { apiRoot, call, sizes } = await standIn();
    const [size] = await sizes(7);
    const token = '123456:rotated';

    await rotateToken(apiRoot, token);
    const old = await call('getMe');
    const fresh = await fetch(`${apiRoot}/bot${token}/getFile?file_id=${size?.file_id}`);

    expect([old.status, fresh.status]).toEqual([401, 200]);
  });

  test('reset puts everything back', async () => {
    const { apiRoot, call } = await standIn();
    await changePhoto(apiRoot, 7);
    await setLatency(apiRoot, { getMe: 600_000 });
    await addFault(apiRoot, { call: 'getMe', effect: 'hang' });
    await rotateToken(apiRoot, '123456:rotated');
    await call('getMe');

    await resetBotApi(apiRoot);

    expect((await readCounters(apiRoot)).calls.getMe.total).toBe(0);
    expect((await call('getMe')).status).toBe(200);
    const user = await (await fetch(`${apiRoot}/control/users/7`)).json();
    expect(user).toMatchObject({ photos: [{ photograph: 'astronaut-wide' }] });
  });
});

describe('counters', () => {
  test('count calls by name and by user, refused ones included', async () => {
    const { apiRoot, call, fileUrl } = await standIn();
    await fetch(await fileUrl(7));
    await call('getUserProfilePhotos', { user_id: 8 });
    await call('getChat', { chat_id: 8 });
    await fetch(`${apiRoot}/bot123456:wrong/getMe`);

    const { calls } = await readCounters(apiRoot);

    expect(calls.getUserProfilePhotos).toMatchObject({ total: 2, users: { 7: 1, 8: 1 } });
    expect(calls.getFile).toMatchObject({ total: 1, users: { 7: 1 } });
    expect(calls.download).toMatchObject({ total: 1, users: { 7: 1 } });
    expect(calls.getChat).toMatchObject({ total: 1, users: { 8: 1 } });
    expect(calls.getMe).toMatchObject({ total: 1, users: {} });
  });

  test('tell how often each photo was downloaded whole, and nothing of what broke off', async () => {
    const { apiRoot, fileUrl, sizes } = await standIn();
    const uniqueId = (await sizes(7)).find(({ width }) => width === 640)?.file_unique_id ?? '';
    const url = await fileUrl(7);
    const download = async () => (await fetch(url)).arrayBuffer().catch(() => undefined);
    await addFault(apiRoot, { call: 'download', effect: 'cut' });
    await download();
    await addFault(apiRoot, { call: 'download', effect: 'error', status: 500 });
    await download();
    const broken = await readCounters(apiRoot);
    await download();
    await download();

    const whole = await readCounters(apiRoot);

    expect(broken.downloaded).toEqual({});
    expect(whole.downloaded).toEqual({ [uniqueId]: 2 });
    expect(whole.calls.download.total).toBe(4);
    await resetCounters(apiRoot);
    expect((await readCounters(apiRoot)).downloaded).toEqual({});
  });

  test('tell how many calls are in flight and how many were at most', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', times: 3, effect: 'hang' });
    const client = new AbortController();
    const url = `${apiRoot}/bot${TOKEN}/getMe`;
    const calls = [1, 2, 3].map(() => fetch(url, { signal: client.signal }).catch(() => undefined));
    await inFlight(apiRoot, 3);

    client.abort();
    await Promise.all(calls);
    await inFlight(apiRoot, 0);
    await call('getMe');

    const counters = await readCounters(apiRoot);
    expect(counters.peak).toBe(3);
    expect(counters.calls.getMe).toMatchObject({ total: 4, peak: 3 });
  });

  test('start again from zero', async () => {
    const { apiRoot, sizes } = await standIn();
    await sizes(7);
    await inFlight(apiRoot, 0);

    await resetCounters(apiRoot);

    const { peak, calls } = await readCounters(apiRoot);
    expect(peak).toBe(0);
    expect(calls.getUserProfilePhotos).toEqual({ total: 0, inFlight: 0, peak: 0, users: {} });
  });
});

describe('bad control input', () => {
  test.each([
    ['POST', 'faults', '{', 'the body is not JSON'],
    ['POST', 'faults', '[]', 'the body is not a JSON object'],
    ['POST', 'faults', '{}', 'call is missing or not valid'],
    ['POST', 'faults', '{"call":"getMe","effect":"explode"}', 'effect is missing or not valid'],
    ['POST', 'faults', '{"call":"getMe","effect":"error"}', 'status is missing or not valid'],
    ['POST', 'faults', '{"call":"getMe","effect":"hang","times":0}', 'times is not valid'],
    ['POST', 'faults', '{"call":"getMe","effect":"hang","user":7}', 'user has no meaning here'],
    [
      'POST',
      'faults',
      '{"call":"download","effect":"redirect","location":"a\\r\\nb: c"}',
      'location is missing or not valid',
    ],
    ['PUT', 'latency', '{"getMoney":1}', 'getMoney is not a call'],
    ['PUT', 'latency', '{"getMe":-1}', 'getMe is not a latency in ms'],
    ['PUT', 'token', '{"token":"nonsense"}', 'token is not a bot token'],
    ['PUT', 'users/7/photo', '{"photograph":"dog"}', 'photograph is not the name of one'],
  ])('%s %s %s: %s', async (method, path, body, error) => {
    const { apiRoot } = await standIn();

    const response = await fetch(`${apiRoot}/control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body,
    });

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error });
  });

  test('a photo without bytes, or with too many', async () => {
    const { apiRoot } = await standIn();

    await expect(setPhoto(apiRoot, 7, new Uint8Array())).rejects.toThrow('has no bytes');
    await expect(setPhoto(apiRoot, 7, new Uint8Array(32 * 1024 * 1024 + 1))).rejects.toThrow(
      'Request Entity Too Large',
    );
  });

  test.each(['users/0/photo', 'users/{id}', 'users/7/', ''])('no route %s', async (path) => {
    const { apiRoot } = await standIn();

    const response = await fetch(`${apiRoot}/control/${path}`);

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^no route GET /) });
  });
});

/** Resolves when exactly this many calls are in flight. */
async function inFlight(apiRoot: string, count: number): Promise<void> {
  const counters = await readCounters(apiRoot);
  if (counters.inFlight !== count) await inFlight(apiRoot, count);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bot-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
