import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { without } from '../wire.ts';
import { URL_KEY } from '../world.ts';
import { type Deployed, deploy, SERVICE_KEY, type TestRequest } from './deployed.ts';
import { endPause } from './end-pause.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
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

async function put(path: string | number, request: TestRequest) {
  const answer = await deployed.request('PUT', `/api/partner/${path}`, request);
  const text = answer.body.toString('utf8');
  expect(text).not.toMatch(/canary|\.ts:/);
  return { ...answer, json: JSON.parse(text) };
}

/** Registers with the service key; a body that is no text is sent as JSON. */
function register(body: unknown, path: string | number = ++userId) {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return put(path, { headers: { ...JSON_TYPE, ...BEARER }, body: text });
}

describe('a registration', () => {
  test('answers the record, under the origin that the edge names, and asks for the photo', async () => {
    userId += 1;
    const headers = { ...JSON_TYPE, ...BEARER, 'cameo-origin': 'https://cdn.example' };
    const body = JSON.stringify({ firstName: 'Ada', lastName: 'Lovelace', username: 'ada' });

    const answer = await put(userId, { headers, body });

    const avatarId = avatarIdOf(URL_KEY, String(userId));
    expect(answer.status).toBe(202);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-response-time': expect.stringMatching(/ms$/),
    });
    expect(answer.json).toMatchObject({
      userId: String(userId),
      avatarId,
      state: 'pending',
      name: 'Ada Lovelace',
      username: 'ada',
      urls: { 150: `https://cdn.example/avatars/${avatarId}` },
    });
    expect(await deployed.world.takeJobs()).toMatchObject([{ avatarId }]);
  });

  test('names the API’s own address where there is no edge', async () => {
    const { json } = await register({ firstName: 'Ada' });

    expect(json.urls[150]).toMatch(/^https:\/\/[\w.-]+\/avatars\//);
  });

  test('stores the names, and drops those that are empty', async () => {
    const { json } = await register({ firstName: 'Ada', lastName: '' });

    const partner = await deployed.world.table.get(json.avatarId);
    expect(partner).toMatchObject({ userId: String(userId), firstName: 'Ada' });
    expect(partner).not.toHaveProperty('lastName');
  });

  test('without a name keeps the one that is known, or has none', async () => {
    await register({ firstName: 'Ada', lastName: 'Lovelace', username: 'ada' });

    const known = await register({}, userId);
    const unknown = await register({});

    expect(known.json).toMatchObject({ name: 'Ada Lovelace', username: 'ada', initials: 'AL' });
    expect(unknown.json).toMatchObject({ name: '', username: null, initials: '' });
  });

  test('out of a list asks behind every viewer', async () => {
    const { status, json } = await register({}, `${++userId}?warm=1`);

    expect(status).toBe(202);
    expect(await deployed.world.takeJobs('fetch')).toEqual([]);
    expect(await deployed.world.takeJobs('warm')).toMatchObject([{ avatarId: json.avatarId }]);
  });

  test('out of a list waits with the fleet, and registers nothing meanwhile', async () => {
    const nowMs = Date.now();
    await deployed.world.budget.pause('throttled', nowMs + 35_000, nowMs);

    const listed = await register({}, `${++userId}?warm=1`);
    const joined = await register({ firstName: 'A' }, userId + 1000);

    const { headers } = listed;
    expect([listed.status, joined.status]).toEqual([503, 202]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(30);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(35);
    const avatarId = avatarIdOf(URL_KEY, String(userId));
    expect(await deployed.world.table.get(avatarId)).toBeUndefined();
    await endPause(deployed);
  });

  test('with a query of its own is told so', async () => {
    expect((await register({}, `${++userId}?warm=yes`)).json.detail).toContain('warm=1');
  });

  test('with a file_id hands it on', async () => {
    await register({ firstName: 'Ada', photoFileId: 'AgAC-x_1' });

    expect(await deployed.world.takeJobs()).toMatchObject([{ photoFileId: 'AgAC-x_1' }]);
  });

  test('may come as base64, as API Gateway sends what it does not know for text', async () => {
    const headers = { ...BEARER, 'content-type': 'application/octet-stream' };
    const body = JSON.stringify({ firstName: 'Ада' });

    const { status, json } = await put(++userId, { headers, body });

    expect([status, json.name]).toEqual([202, 'Ада']);
  });

  test('in any script and with any emoji is kept as it is', async () => {
    const firstName = '👩‍👩‍👧 שלום "quoted" \u0000 \\';

    const { json } = await register({ firstName });

    expect(json.name).toBe(firstName);
    expect((await deployed.world.table.get(json.avatarId))?.firstName).toBe(firstName);
  });
});

describe('a caller', () => {
  test.each([
    ['no authorization', undefined],
    ['an empty one', ''],
    ['no key', 'Bearer '],
    ['another key', 'Bearer another'],
    ['the key and more', `Bearer ${SERVICE_KEY}x`],
    ['a part of the key', `Bearer ${SERVICE_KEY.slice(0, -1)}`],
    ['the key under another scheme', `Basic ${SERVICE_KEY}`],
    ['the key alone', SERVICE_KEY],
    ['two keys', `Bearer ${SERVICE_KEY} ${SERVICE_KEY}`],
  ])('with %s is not let in, and nothing is written', async (_, authorization) => {
    const headers = { ...JSON_TYPE, ...(authorization !== undefined && { authorization }) };

    const answer = await put(++userId, { headers, body: '{"firstName":"Ada"}' });

    expect(answer.status).toBe(401);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'www-authenticate': 'Bearer',
      'cache-control': 'no-store',
    });
    expect(deployed.wires.dynamodb.seen).toEqual([]);
  });

  test('without the key learns nothing of what is wrong with the rest', async () => {
    const answer = await put('not-a-user', { body: 'not JSON' });

    expect(answer.status).toBe(401);
  });

  test('may write the scheme as it likes', async () => {
    const headers = { ...JSON_TYPE, authorization: `bearer  ${SERVICE_KEY}` };

    expect((await put(++userId, { headers, body: '{"firstName":"A"}' })).status).toBe(202);
  });
});

describe('a body', () => {
  test.each([
    ['that is not there', '', 'not JSON'],
    ['that is no JSON', '{"firstName":', 'not JSON'],
    ['that is a list', '[]', 'JSON object'],
    ['that is null', 'null', 'JSON object such as {"firstName": "Ada"}, not null'],
    ['with a last name alone', { lastName: 'Lovelace' }, 'come with a firstName'],
    ['with a username alone', { username: 'ada' }, 'come with a firstName'],
    ['with an empty first name', { firstName: '' }, 'firstName must not be empty'],
    ['with a number for a name', { firstName: 7 }, 'firstName must be a string'],
    ['with a name too long', { firstName: 'A'.repeat(129) }, 'more than 128'],
    ['with a name that is no Unicode', '{"firstName":"\\ud800"}', 'firstName'],
    ['with null for a name', { firstName: 'A', lastName: null }, 'lastName must be a string'],
    ['with an @ in its username', { firstName: 'A', username: '@ada' }, 'without @'],
    ['with a path for a file_id', { firstName: 'A', photoFileId: '../x' }, 'photoFileId'],
    ['with a file_id too long', { firstName: 'A', photoFileId: 'a'.repeat(257) }, 'photoFileId'],
    ['with a field in another spelling', { first_name: 'A' }, '"first_name" is none of firstName'],
    ['with a field in quotes', { '"': 'A' }, '"\\"" is none of firstName, lastName'],
    ['with a field too long to be told', { ['x'.repeat(99)]: 1 }, `"${'x'.repeat(60)}" is none`],
    ['with a prototype', '{"firstName":"A","__proto__":{"a":1}}', '"__proto__" is none of'],
  ])('%s is told what is wrong', async (_, body, named) => {
    const answer = await register(body);

    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status: 400, detail: expect.stringContaining(named) });
    expect(deployed.wires.dynamodb.seen).toEqual([]);
  });

  test('may have 4,096 bytes and not one more, counted as they are and not as they are sent', async () => {
    const padded = (bytes: number) => '{"firstName":"A"}'.padEnd(bytes, ' ');
    const asBase64 = { ...BEARER, 'content-type': 'application/octet-stream' };

    const exact = await register(padded(4096));
    const exactAsBase64 = await put(++userId, { headers: asBase64, body: padded(4096) });
    const over = await register(padded(4097));
    const overInLetters = await register(JSON.stringify({ firstName: 'Ж'.repeat(2100) }));

    const answers = [exact, exactAsBase64, over, overInLetters];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 413, 413]);
    expect(over.json.detail).toBe('The body may have at most 4096 bytes.');
  });
});

test.each(['abc', '0', '-1', '042', '1e3', '12345678901234567', '4%202'])(
  'a user id such as %s is refused',
  async (path) => {
    const { status, json } = await register({ firstName: 'A' }, path);

    expect(status).toBe(400);
    expect(json.detail).toContain('not a Telegram user id');
    expect(json.detail).toContain('1 to 16 digits without a leading zero');
  },
);

describe('an outage', () => {
  test('of the table is a 503 that tells nothing of it', async () => {
    deployed.wires.dynamodb.intercept(without('UpdateItem'));

    const { status, headers, json } = await register({ firstName: 'A' });

    expect(status).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '5', 'cache-control': 'no-store' });
    expect(JSON.stringify(json)).not.toMatch(/ECONN|socket|127\.0|Error/);
  });

  test('of the queue is a 503: the caller has to tell us again', async () => {
    deployed.wires.sqs.intercept(without('SendMessage'));

    expect((await register({ firstName: 'A' })).status).toBe(503);
  });
});
