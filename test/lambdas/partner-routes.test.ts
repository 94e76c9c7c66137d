import { createHash } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import type { Lease } from '../../core/lease.ts';
import type { PartnerRecord, RecentRecord } from '../../core/partner-record.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { without } from '../wire.ts';
import { URL_KEY } from '../world.ts';
import { type Deployed, deploy, SERVICE_KEY, type TestRequest } from './deployed.ts';

const BEARER = { authorization: `Bearer ${SERVICE_KEY}` };

let deployed: Deployed;
let userId = 0;
beforeAll(async () => {
  deployed = await deploy();
  return deployed.stop;
});
afterEach(async () => {
  expect(deployed.takeLog()).not.toContain('canary');
  await deployed.tidy();
});

/** Asks a route; the body of the answer is read as JSON where there is one. */
async function ask(method: string, path: string, request: TestRequest = { headers: BEARER }) {
  const answer = await deployed.request(method, `/api/partner/${path}`, request);
  const text = answer.body.toString('utf8');
  expect(text).not.toMatch(/canary|\.ts:/);
  return { ...answer, json: text === '' ? undefined : JSON.parse(text) };
}

const tma = (id: number, more: object = {}, fields?: Record<string, string>) => ({
  authorization: `tma ${deployed.signer.signIn({ id, ...more }, fields)}`,
});

const tagOf = (text: string) =>
  createHash('sha256').update(text).digest().readBigUInt64BE().toString(36);

const join = (id: number, more: object = {}) => ask('POST', 'me', { headers: tma(id, more) });

/** Stores a photo of these bytes as a worker does, checked at that moment. */
async function store(id: number, photoId: string, checkedAtMs = Date.now()): Promise<string> {
  const { table, bucket } = deployed.world;
  const avatarId = avatarIdOf(URL_KEY, String(id));
  const nowMs = Date.now();
  const lease = await table.acquireLease(avatarId, {
    owner: 'worker',
    nowMs,
    untilMs: nowMs + 1_000,
    checkedBeforeMs: nowMs + 1,
  });
  await bucket.put({ avatarId, photoId, size: 64 }, Buffer.from(`${photoId} at 64`));
  await table.commit(
    lease as Lease,
    { photoId, lqip: 'data:image/webp;base64,l' },
    checkedAtMs,
    checkedAtMs,
  );
  return avatarId;
}

async function recent(query = '', headers: Record<string, string> = BEARER) {
  const answer = await ask('GET', `recent${query}`, { headers });
  return { ...answer, partners: (answer.json?.partners ?? []) as RecentRecord[] };
}

describe('signing in', () => {
  test('registers the user as Telegram names it, and asks for the photo', async () => {
    const id = ++userId;
    const names = { first_name: 'Ada', last_name: 'Lovelace', username: 'ada' };

    const { status, headers, json } = await join(id, names);

    const avatarId = avatarIdOf(URL_KEY, String(id));
    expect(status).toBe(202);
    expect(headers['cache-control']).toBe('no-store');
    expect(json).toMatchObject({
      userId: String(id),
      avatarId,
      name: 'Ada Lovelace',
      username: 'ada',
    });
    expect(await deployed.world.takeJobs('fetch')).toMatchObject([{ avatarId }]);
  });

  test.each([
    ['nothing', {}],
    ['a service key', BEARER],
    ['initData that nobody signed', { authorization: 'tma user=%7B%22id%22%3A1%7D&auth_date=1' }],
  ])('with %s is refused, and nothing is written', async (_, headers) => {
    const answer = await ask('POST', 'me', { headers });

    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^tma/);
    expect(deployed.wires.dynamodb.seen).toEqual([]);
  });

  test.each([
    ['an old one', () => ({ auth_date: String(Math.floor(Date.now() / 1000) - 3_601) })],
    ['one from the future', () => ({ auth_date: String(Math.floor(Date.now() / 1000) + 600) })],
  ])('with %s is refused', async (_, fields) => {
    const answer = await ask('DELETE', 'me', { headers: tma(++userId, {}, fields()) });

    expect(answer.status).toBe(401);
    expect(deployed.wires.dynamodb.seen).toEqual([]);
  });

  test.each([
    ['PUT', '42'],
    ['DELETE', '42'],
  ])('is no way to %s others', async (method, path) => {
    const answer = await ask(method, path, { headers: tma(++userId), body: '{}' });

    expect(answer.status).toBe(401);
    expect(deployed.wires.dynamodb.seen).toEqual([]);
  });
});

describe('the feed of changes', () => {
  const ask304 = (etag: string) => ask('GET', 'changes', { headers: { 'if-none-match': etag } });

  test('tells anybody of a photo that came, by tags, and names nobody', async () => {
    const id = ++userId;
    await join(id);
    const avatarId = await store(id, 'AQADchanged');

    const { status, headers, json } = await ask('GET', 'changes', { headers: {} });

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=2');
    expect(json.windowMs).toBe(300_000);
    expect(json.changes[0]).toEqual({
      partner: tagOf(avatarId),
      photo: tagOf(`${avatarId}/AQADchanged`),
      changedAtMs: expect.any(Number),
    });
    expect(JSON.stringify(json)).not.toMatch(new RegExp(`${avatarId}|AQADchanged|Ada`));
  });

  test('tells of whoever was erased that there is no photo now', async () => {
    const id = ++userId;
    await join(id);
    const avatarId = await store(id, 'AQADerased');

    await ask('DELETE', 'me', { headers: tma(id) });

    const { json } = await ask('GET', 'changes', { headers: {} });
    expect(json.changes[0]).toMatchObject({ partner: tagOf(avatarId), photo: null });
  });

  test('is 304 for whoever has it, until something changes', async () => {
    const id = ++userId;
    await join(id);
    await store(id, 'AQADfirst');
    const { headers } = await ask('GET', 'changes', { headers: {} });

    const same = await ask304(String(headers.etag));
    await join(++userId);
    await store(userId, 'AQADsecond');
    const other = await ask304(String(headers.etag));

    expect([same.status, same.json, same.headers['cache-control']]).toEqual([
      304,
      undefined,
      'public, max-age=2',
    ]);
    expect(other.status).toBe(200);
  });

  test('costs one question to the table and none to anybody else, HEAD as GET', async () => {
    const { status, body } = await ask('HEAD', 'changes', { headers: {} });

    expect([status, body.length]).toEqual([200, 0]);
    expect(deployed.wires.dynamodb.seen.map(({ operation }) => operation)).toEqual(['Query']);
  });
});

describe('the recent list', () => {
  test('has the newest first, with everything that a list needs to paint', async () => {
    await join(++userId, { first_name: 'Ada', last_name: 'Lovelace' });
    const avatarId = await store(userId, 'AQADrecent');
    await new Promise((wake) => setTimeout(wake, 2));
    await join(++userId, { first_name: 'Grace' });

    const { status, headers, partners } = await recent('?limit=2', {
      ...tma(userId),
      'cameo-origin': 'https://cdn.example',
    });

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect(partners).toMatchObject([
      { name: 'Grace', state: 'pending', photoId: null, lqip: null, initials: 'G' },
      {
        name: 'Ada Lovelace',
        avatarId,
        state: 'stored',
        lqip: 'data:image/webp;base64,l',
        urls: { 64: `https://cdn.example/avatars/${avatarId}/AQADrecent/64.webp` },
      },
    ]);
    expect(Object.keys(partners[1]?.urls ?? {})).toEqual(['64', '150', '300', '512']);
    expect(partners[0]).not.toHaveProperty('inline');
  });

  test('is a 304 for who has it, and a 200 again once something has changed', async () => {
    await join(++userId);
    const first = await recent();
    const held = { ...BEARER, 'if-none-match': String(first.headers.etag) };

    const same = await recent('', held);
    await store(userId, 'AQADnew');
    const changed = await recent('', held);

    expect(first.headers.etag).toMatch(/^"[\w-]+"$/);
    expect([same.status, same.body.length, same.headers.etag]).toEqual([
      304,
      0,
      first.headers.etag,
    ]);
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(first.headers.etag);
  });

  test('carries the bytes of the first four where that is asked for', async () => {
    for (let n = 0; n < 6; n++) {
      await join(++userId);
      if (n !== 5) await store(userId, `AQAD${n}`);
      await new Promise((wake) => setTimeout(wake, 2));
    }

    const { partners } = await recent('?limit=6&inline=64');

    const bytes = (n: number) => Buffer.from(`AQAD${n} at 64`).toString('base64');
    expect(partners.map(({ inline }) => inline)).toEqual([
      null,
      ...[4, 3, 2].map((n) => `data:image/webp;base64,${bytes(n)}`),
      null,
      null,
    ]);
  });

  test('asks for what is missing and what is old, each in its queue and in one call', async () => {
    const ids = Array.from({ length: 4 }, () => ++userId);
    for (const id of ids) await join(id);
    const [missing, old, fresh, claimed] = ids.map((id) => avatarIdOf(URL_KEY, String(id)));
    await store(ids[1] ?? 0, 'AQADold', Date.now() - 2 * REFRESH_AGE_MS);
    await store(ids[2] ?? 0, 'AQADfresh');
    await deployed.tidy();
    // Whoever has just joined is claimed for ten seconds.
    await deployed.world.table.unclaim(missing ?? '', await claimEnd(missing ?? ''));

    await recent('?limit=4');
    const [urgent, warm] = [await jobs('fetch'), await jobs('warm')];

    expect(urgent).toEqual([missing]);
    expect(warm).toEqual([old]);
    expect([...urgent, ...warm]).not.toContain(fresh);
    expect([...urgent, ...warm]).not.toContain(claimed);
    const sent = deployed.wires.sqs.seen.map(({ operation }) => operation);
    expect(sent).toEqual(['SendMessageBatch', 'SendMessageBatch']);
  });

  test('is answered though the queue takes nothing, and says so in the log', async () => {
    await join(++userId);
    await store(userId, 'AQADold', Date.now() - 2 * REFRESH_AGE_MS);
    deployed.wires.sqs.intercept(without('SendMessageBatch'));

    expect((await recent()).status).toBe(200);
    expect(deployed.takeLog()).toContain('in spite of an error');
  });

  test('is answered without the bytes though the bucket is down', async () => {
    await join(++userId);
    await store(userId, 'AQADdown');
    deployed.wires.s3.intercept(async () => 'cut');

    const { status, partners } = await recent('?limit=1&inline=64');

    expect(status).toBe(200);
    expect(partners[0]).toMatchObject({ photoId: 'AQADdown', inline: null });
    deployed.takeLog();
  });

  test.each(['limit=0', 'limit=51', 'limit=1.5', 'limit=ten', 'limit=', 'inline=150', 'inline=1'])(
    'with %s is told what is right',
    async (query) => {
      const { status, json } = await recent(`?${query}`);

      expect(status).toBe(400);
      expect(json.detail).toMatch(/from 1 to 50|inline=64/);
    },
  );

  test('is not for strangers', async () => {
    expect((await recent('', {})).status).toBe(401);
    expect(deployed.wires.dynamodb.seen).toEqual([]);
  });
});

async function claimEnd(avatarId: string): Promise<number> {
  return (await deployed.world.table.get(avatarId))?.claimedUntilMs ?? 0;
}

async function jobs(queue: 'fetch' | 'warm'): Promise<string[]> {
  return (await deployed.world.takeJobs(queue)).map(({ avatarId }) => avatarId);
}

describe('resolving', () => {
  const resolve = (body: unknown, headers: Record<string, string> = BEARER) =>
    ask('POST', 'resolve', {
      headers: { ...headers, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('answers in the order asked, by user id and by avatarId, and says who is unknown', async () => {
    const [one, two] = [++userId, ++userId];
    await join(one, { first_name: 'One' });
    await join(two, { first_name: 'Two' });
    await deployed.tidy();
    const strangersId = 'a'.repeat(26);
    const ids = [String(two), '777777', avatarIdOf(URL_KEY, String(one)), strangersId, String(two)];

    const { status, json } = await resolve({ ids }, tma(one));

    expect(status).toBe(200);
    expect(json.partners).toMatchObject([
      { userId: String(two), name: 'Two' },
      { id: '777777', state: 'unknown' },
      { userId: String(one), name: 'One' },
      { id: strangersId, state: 'unknown' },
      { userId: String(two), name: 'Two' },
    ]);
    expect(await deployed.world.takeJobs('fetch')).toEqual([]);
    expect(await deployed.world.takeJobs('warm')).toEqual([]);
  });

  test('takes a hundred ids and not one more', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, n) => String(900_000 + n));

    const full = await resolve({ ids: ids(100) });
    const over = await resolve({ ids: ids(101) });

    expect(full.json.partners).toHaveLength(100);
    expect([over.status, over.json.detail]).toEqual([400, expect.stringContaining('at most 100')]);
  });

  test.each([
    ['no JSON', '{', 'such as {"ids": ["42"]}'],
    ['a list', [], 'such as {"ids": ["42"]}'],
    ['no ids', {}, 'such as {"ids": ["42"]}.'],
    ['an empty list', { ids: [] }, 'must not be empty'],
    ['numbers', { ids: [42] }, 'must be a string'],
    ['something that is no id', { ids: ['42', 'Ada'] }, '"Ada" is neither a Telegram user id nor'],
    ['half an avatarId', { ids: ['pfkqot2rc2pr6'] }, 'or 26 characters of a to z and 2 to 7'],
    ['more than ids', { ids: ['42'], admin: true }, '"admin" is not a field beside ids'],
  ])('%s is told what is wrong', async (_, body, named) => {
    const { status, json } = await resolve(body);

    expect([status, json.detail]).toEqual([400, expect.stringContaining(named)]);
    expect(deployed.wires.dynamodb.seen).toEqual([]);
  });

  test('is not for strangers', async () => {
    expect((await resolve({ ids: ['42'] }, {})).status).toBe(401);
  });
});

describe('erasing', () => {
  const erasure = (id: string, headers = BEARER) => ask('GET', `erasures/${id}`, { headers });

  test('is begun by the user, and from then on neither the list nor the current URL shows anybody', async () => {
    const id = ++userId;
    const { json: record } = await join(id);
    const avatarId = await store(id, 'AQADgone');

    const { status, headers, json } = await ask('DELETE', 'me', { headers: tma(id) });

    expect(status).toBe(202);
    expect(headers.location).toBe(`/api/partner/erasures/${json.erasureId}`);
    expect((await recent('?limit=50')).partners.map((one) => one.avatarId)).not.toContain(avatarId);
    const shown = await deployed.request('GET', new URL(record.urls[150]).pathname);
    expect(shown.headers['x-avatar']).toBe('unknown');
    const receipt = await erasure(json.erasureId);
    expect(receipt.json).toMatchObject({ state: 'pending', completedAt: null, objects: 0 });
    expect(await deployed.world.takeJobs('erase')).toMatchObject([{ kind: 'erase', avatarId }]);
  });

  test('by the operator ends with a receipt that counts what was deleted', async () => {
    const id = ++userId;
    await join(id);
    const avatarId = await store(id, 'AQADgone');
    const { json } = await ask('DELETE', String(id));

    await deployed.batchOf('erase');

    const receipt = await erasure(json.erasureId, tma(1));
    expect(receipt.json).toMatchObject({ erasureId: json.erasureId, objects: 1 });
    expect(deployed.invalidated).toEqual([
      `/avatars/${avatarId}*`,
      `/api/partner/photo/${avatarId}*`,
    ]);
    // The second sweep waits until nothing of before can be under way.
    expect(await deployed.world.delayed('erase')).toBe(1);
  });

  test('twice is once', async () => {
    const id = ++userId;
    await join(id);

    const first = await ask('DELETE', String(id));
    const second = await ask('DELETE', String(id));

    expect(second.json).toEqual(first.json);
  });

  test('of one who comes and goes is one erasure, with one message', async () => {
    const id = ++userId;
    await join(id);
    const { json: first } = await ask('DELETE', 'me', { headers: tma(id) });
    await join(id);

    const { status, json } = await ask('DELETE', 'me', { headers: tma(id) });

    expect([status, json]).toEqual([202, first]);
    expect(await deployed.world.takeJobs('erase')).toMatchObject([first]);
    expect(await deployed.world.table.get(avatarIdOf(URL_KEY, String(id)))).toBeUndefined();
  });

  test('lets whoever signs in again come back', async () => {
    const id = ++userId;
    await join(id);
    await ask('DELETE', 'me', { headers: tma(id) });

    const { status, json } = await join(id, { first_name: 'Again' });

    expect([status, json.name, json.state]).toEqual([202, 'Again', 'pending']);
  });

  test('is not undone by a list that is older than it', async () => {
    const id = ++userId;
    await join(id);
    await ask('DELETE', 'me', { headers: tma(id) });

    const { status, json } = await ask('PUT', `${id}?warm=1`, { headers: BEARER, body: '{}' });

    expect([status, json.title]).toEqual([410, 'Erased']);
  });

  test('of nobody is a 404, as is a receipt of nothing', async () => {
    const nobody = await ask('DELETE', '987654');
    const receipts = await Promise.all(
      ['x', '00000000-0000-4000-8000-000000000000'].map((id) => erasure(id)),
    );

    expect([nobody, ...receipts].map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  test('is a 503 where the queue takes nothing, and the partner is as before', async () => {
    const id = ++userId;
    await join(id);
    deployed.wires.sqs.intercept(without('SendMessage'));

    const { status } = await ask('DELETE', String(id));

    expect(status).toBe(503);
    expect(await deployed.world.table.get(avatarIdOf(URL_KEY, String(id)))).toBeDefined();
    deployed.takeLog();
  });
});

test('a record has what the documentation says and nothing more', async () => {
  const { json } = await join(++userId);

  expect(Object.keys(json as PartnerRecord)).toEqual([
    'userId',
    'avatarId',
    'photoId',
    'state',
    'urls',
    'lqip',
    'name',
    'username',
    'initials',
    'colour',
    'checkedAt',
  ]);
});
