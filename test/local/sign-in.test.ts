// Signed here, read there: Telegram's rules by a library of others, and by the function that checks them.

import { generateKeyPairSync, verify } from 'node:crypto';
import { parse } from '@tma.js/init-data-node';
import { expect, test } from 'vitest';
import { initDataReader } from '../../lambdas/tma.ts';
import { DEMO_USER, signIn } from '../../local/sign-in.ts';
import { initDataPublicKeys } from '../../local/sign-in-key.ts';

const NOW = 1_800_000_000_999;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** Whether Telegram's rule for third parties takes the signature (Bot API, "Web Apps"). */
function isSigned(initData: string, botId: string): boolean {
  const fields = [...new URLSearchParams(initData)];
  const signed = fields.filter(([name]) => name !== 'hash' && name !== 'signature');
  const lines = signed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, v]) => `${name}=${v}`);
  const signature = Object.fromEntries(fields).signature ?? '';
  const message = Buffer.from(`${botId}:WebAppData\n${lines.join('\n')}`);
  return verify(null, message, publicKey, Buffer.from(signature, 'base64url'));
}

test('initData reads as Telegram makes it: a user, the second of the signature, and both proofs', () => {
  const read = parse(signIn({ botId: '42', privateKey }, DEMO_USER, NOW));

  expect(read.user).toEqual(DEMO_USER);
  expect(read.auth_date).toEqual(new Date(1_800_000_000_000));
  expect(read.query_id).toMatch(/^[\w-]{24}$/);
  expect(read.signature).toMatch(/^[\w-]{86}$/);
  expect(read.hash).toMatch(/^[0-9a-f]{64}$/);
});

test('the signature is for this bot, and for these fields', () => {
  const initData = signIn({ botId: '42', privateKey }, DEMO_USER, NOW);

  expect(isSigned(initData, '42')).toBe(true);
  expect(isSigned(initData, '43')).toBe(false);
  expect(isSigned(initData.replace('Grace', 'Carol'), '42')).toBe(false);
});

test('the function takes it for the demo user', () => {
  const profileOf = initDataReader({
    botId: '42',
    publicKeys: initDataPublicKeys(privateKey, true).join(','),
    maxAgeSeconds: 60,
    clock: { nowMs: () => NOW },
  });

  expect(profileOf(signIn({ botId: '42', privateKey }, DEMO_USER, NOW))).toEqual({
    userId: String(DEMO_USER.id),
    firstName: 'Grace',
    lastName: 'Hopper',
    username: 'grace',
  });
});

test('no two are the same session of the Mini App', () => {
  const [first, second] = [1, 2].map(() =>
    parse(signIn({ botId: '42', privateKey }, DEMO_USER, NOW)),
  );

  expect(first?.query_id).not.toBe(second?.query_id);
  expect(first?.signature).not.toBe(second?.signature);
});
