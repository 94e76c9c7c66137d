import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redacted } from '../../lambdas/redact.ts';

const ID = '123456789';
const SECRET = 'AAcanary_canary-canary_canary-canary';
const TOKEN = `${ID}:${SECRET}`;
const HASH = 'c0ffee'.repeat(11);

describe('what looks like a secret goes:', () => {
  test.each([
    ['a bot token', `token ${TOKEN} refused`, 'token [redacted] refused'],
    ['one with an encoded colon', `x=${ID}%3A${SECRET}&y`, 'x=[redacted]&y'],
    ['one that was encoded twice', `${ID}%253a${SECRET}`, '[redacted]'],
    [
      'its path',
      `GET https://api.telegram.org/bot${TOKEN}/getFile: 404`,
      'GET https://api.telegram.org/bot[redacted]/getFile: 404',
    ],
    [
      'the path of a file',
      `/file/bot${TOKEN}/photos/file_1.jpg`,
      '/file/bot[redacted]/photos/file_1.jpg',
    ],
    ['a path with a token of another shape', '/bot1:short/getMe', '/bot[redacted]/getMe'],
    [
      'a service key',
      'authorization: Bearer service-key-canary',
      'authorization: Bearer [redacted]',
    ],
    ['one in JSON', '{"authorization":"Bearer a.b/c+d="}', '{"authorization":"Bearer [redacted]"}'],
    ['one in a form', 'authorization=bearer+service-key', 'authorization=bearer+[redacted]'],
    ['a sign-in', `tma query_id=1&auth_date=2&hash=${HASH}`, 'tma [redacted]'],
    [
      'what signs it',
      `auth_date=2&signature=${HASH}&hash=${HASH}`,
      'auth_date=2&signature=[redacted]&hash=[redacted]',
    ],
    ['one after two schemes', 'Bearer tma service-key', 'Bearer tma [redacted]'],
    ['each of several', `${TOKEN} ${TOKEN}`, '[redacted] [redacted]'],
  ])('%s', (_, text, expected) => {
    expect(redacted(text)).toBe(expected);
  });
});

describe('what only resembles one stays:', () => {
  test.each([
    ['a moment', '2026-11-21T05:40:41.000Z'],
    ['an avatarId', 'avatars/pfkqot2rc2pr6zafhwfsyqb5p5/AQAD6GwtuyNsMtDAQ/64.webp'],
    ['a place in a stack', 'at file:///srv/local/bot-api/server.ts:12345:17'],
    ['an address', 'connect ECONNREFUSED 127.0.0.1:12345'],
    ['the ARN of a queue', 'arn:aws:sqs:eu-central-1:000000000000:cameo-fetch'],
    [
      'the ARN of a queue with a long name',
      'arn:aws:sqs:eu-central-1:123456789012:Cameo-FetchDeadLettersABCDEF-AbCdEfGhIjKl',
    ],
    ['a request id', '0b1f2e3d-4c5b-4a69-8877-665544332211'],
    ['the names of the schemes', 'tma, Bearer'],
    ['the hash of a page', 'hash=ab12'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(redacted(text)).toBe(text);
  });
});

test('nothing around a secret hides it, and a second time changes nothing', () => {
  const secrets = fc.constantFrom(
    TOKEN,
    encodeURIComponent(TOKEN),
    `/bot${TOKEN}/getFile`,
    `Bearer ${SECRET}`,
    `tma ${SECRET}`,
  );
  fc.assert(
    fc.property(fc.string(), secrets, fc.string({ unit: 'binary' }), (before, secret, after) => {
      // A letter before a scheme makes another word of it.
      const text = `${before} ${secret}${after}`;
      const once = redacted(text);
      expect(once).not.toContain(SECRET);
      expect(redacted(once)).toBe(once);
    }),
  );
});

test('a long text takes no longer than its length', () => {
  const texts = [
    '1'.repeat(300_000),
    'bot1'.repeat(100_000),
    'Bearer '.repeat(50_000),
    'a-'.repeat(150_000),
  ];

  for (const text of texts) expect(typeof redacted(text)).toBe('string');
});
