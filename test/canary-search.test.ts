import { expect, test } from 'vitest';
import { canarySearch } from './canary-search.ts';

const SECRET = 'AAcanaryCANARYcanary';
const search = canarySearch('123456:unrelated-secret', SECRET);

test.each([
  ['as it is', `GET /bot7007:${SECRET}/getMe`],
  ['in a URL', encodeURIComponent(`7007:${SECRET}`)],
  ['in hexadecimal', Buffer.from(`x${SECRET}y`).toString('hex')],
  ...['', 'x', 'xy', 'xyz'].flatMap((before) => [
    [`in base64 after "${before}"`, Buffer.from(`${before}${SECRET}after`).toString('base64')],
    [`at the end of base64 after "${before}"`, Buffer.from(before + SECRET).toString('base64url')],
  ]),
])('a secret is found %s', (_, text) => {
  expect(search(`before ${text} after`)).toHaveLength(1);
});

test('nothing is found where there is nothing', () => {
  expect(search(SECRET.slice(0, -1))).toEqual([]);
});
