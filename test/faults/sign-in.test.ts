// A sign-in that Telegram did not give, or not now, or not for this bot: nobody comes in by it, and nothing is left of it.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type QueueName, queues } from '../../core/topology.ts';
import { type InitDataSigner, initDataSigner } from '../init-data.ts';
import { type Deployed, deploy } from '../lambdas/deployed.ts';
import { type MovedClocks, movedClocks } from '../moved-clocks.ts';

const MALLORY = { id: 4_711_000_001, first_name: 'Mallory', username: 'mallory_canary' };

// Tells the sign-in apart from all others, wherever it should turn up.
const QUERY_ID = 'AAHdF6IQAAAAAN0XohDhrOrc-canary';

let deployed: Deployed;
let clocks: MovedClocks;
beforeAll(async () => {
  clocks = movedClocks();
  deployed = await deploy();
  await deployed.world.join(7);
  return async () => {
    await deployed.stop();
    clocks.restore();
  };
});
afterEach(() => deployed.tidy());

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** A sign-in of Mallory that Telegram would have given; `fields` are signed, too. */
const genuine = (fields: Record<string, string> = {}) =>
  deployed.signer.signIn(MALLORY, { query_id: QUERY_ID, ...fields });

const otherwiseSigned = (signer: InitDataSigner) => signer.signIn(MALLORY, { query_id: QUERY_ID });

/** Replaces a field after it was signed. */
function forged(name: string, value: string): string {
  const fields = new URLSearchParams(genuine());
  fields.set(name, value);
  return String(fields);
}

const sameUser = () => encodeURIComponent(new URLSearchParams(genuine()).get('user') ?? '');

const SIGN_INS: readonly [name: string, make: () => string][] = [
  ['another user put in', () => forged('user', JSON.stringify({ ...MALLORY, id: 7 }))],
  ['a later date put in', () => forged('auth_date', String(nowSeconds() + 1))],
  ['a field added', () => `${genuine()}&start_param=x`],
  ['a field taken out', () => genuine().replace(/&?query_id=[^&]*/, '')],
  ['a signature of nobody', () => forged('signature', Buffer.alloc(64).toString('base64url'))],
  ['no signature', () => genuine().replace(/&?signature=[^&]*/, '')],
  ['the signature of another key', () => otherwiseSigned(initDataSigner('123456'))],
  ['the signature for another bot', () => otherwiseSigned(deployed.signer.forBot('7654321'))],
  ['another user before the own one', () => `user=${encodeURIComponent('{"id":7}')}&${genuine()}`],
  ['another user after the own one', () => `${genuine()}&user=${encodeURIComponent('{"id":7}')}`],
  ['the same user twice', () => `${genuine()}&user=${sameUser()}`],
  ['two dates', () => `auth_date=${nowSeconds()}&${genuine()}`],
  ['a date of next year', () => genuine({ auth_date: String(nowSeconds() + 365 * 86_400) })],
  ['a date a minute ahead', () => genuine({ auth_date: String(nowSeconds() + 60) })],
  ['a date of yesterday', () => genuine({ auth_date: String(nowSeconds() - 86_400) })],
  ['a date that is none', () => genuine({ auth_date: 'now' })],
  ['no date', () => forged('auth_date', '')],
  ['a line break that makes two fields of one', () => genuine({ start_param: 'a\nuser={"id":7}' })],
];

// Each route that takes a Mini App's sign-in, and what of it is no matter here.
const ROUTES = [
  ['POST', '/api/partner/me', ''],
  ['DELETE', '/api/partner/me', ''],
  ['GET', '/api/partner/recent', ''],
  ['POST', '/api/partner/resolve', '{"ids": ["7"]}'],
  ['GET', '/api/partner/erasures/00000000-0000-4000-8000-000000000000', ''],
] as const;

/** All that the system keeps or has asked for. */
async function everything(): Promise<string> {
  const { world } = deployed;
  const names = Object.keys(queues) as QueueName[];
  const messages = await Promise.all(names.map((name) => world.takeMessages(name)));
  const delayed = await Promise.all(names.map((name) => world.delayed(name)));
  return JSON.stringify([await world.items(), messages, delayed, deployed.invalidated]);
}

const send = (initData: string, [method, path, body]: (typeof ROUTES)[number]) =>
  deployed.request(method, path, {
    headers: { authorization: `tma ${initData}`, 'content-type': 'application/json' },
    body,
  });

/** Nobody comes in by it anywhere, it leaves no trace, and no store but Secrets Manager is asked anything. */
async function expectRefused(initData: string): Promise<void> {
  const before = await everything();
  for (const wire of Object.values(deployed.wires)) wire.untouched();

  const answers = await Promise.all(ROUTES.map((route) => send(initData, route)));

  const asked = Object.values(deployed.wires).flatMap(({ seen }) => seen);
  expect(asked).toEqual([]);
  for (const { status, headers, body } of answers) {
    expect(status).toBe(401);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['www-authenticate']).toMatch(/^tma(, Bearer)?$/);
    expectNothingOf(initData, JSON.stringify(headers) + body.toString('utf8'));
  }
  expect(await everything()).toBe(before);
  expectNothingOf(initData, deployed.takeLog());
}

function expectNothingOf(initData: string, told: string): void {
  const values = [...new URLSearchParams(initData).values()].filter((value) => value.length > 8);
  const traces = [...values, QUERY_ID, MALLORY.first_name, MALLORY.username, String(MALLORY.id)];
  expect(traces.filter((trace) => told.includes(trace))).toEqual([]);
}

describe('fault 36: a sign-in with', () => {
  test.each(SIGN_INS)('%s lets nobody in and leaves nothing', async (_, make) => {
    await expectRefused(make());
  });
});

test('fault 36: a genuine sign-in lets its user in for an hour, and whoever replays it then no more', async () => {
  const initData = genuine();
  const statuses = [];
  for (const route of ROUTES) statuses.push((await send(initData, route)).status);
  expect(statuses).toEqual([202, 202, 200, 200, 404]);
  await deployed.tidy();
  clocks.pass(3_602_000);

  await expectRefused(initData);
});
