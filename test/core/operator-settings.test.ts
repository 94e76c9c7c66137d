import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { defaults, ranges, TELEGRAM_PUBLIC_KEY } from '../../core/operator-settings.ts';
import { MESSAGE_RETENTION_DAYS } from '../../core/topology.ts';

const names = Object.keys(defaults) as (keyof typeof defaults)[];

test.each(names)('what holds where %s is not set may be set, too', (name) => {
  const { least, most } = ranges[name];

  expect(defaults[name]).toBeGreaterThanOrEqual(least);
  expect(defaults[name]).toBeLessThanOrEqual(most);
});

test('a sign-in is good for an hour, and may be made so for a minute to a day', () => {
  expect(defaults.initDataMaxAgeSeconds).toBe(3_600);
  expect(ranges.initDataMaxAgeSeconds).toEqual({ least: 60, most: 86_400 });
});

test('whoever wants none kept warm may have none, and nobody more than one read of the table has', () => {
  expect(ranges.warmPartners).toEqual({ least: 0, most: 100 });
});

test('a tombstone outlasts the last message that can be about its partner', () => {
  expect(ranges.tombstoneDays.least).toBeGreaterThan(MESSAGE_RETENTION_DAYS);
});

test('Telegram’s key is one that can be read', () => {
  const x = Buffer.from(TELEGRAM_PUBLIC_KEY, 'hex').toString('base64url');

  const { asymmetricKeyType } = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x },
  });

  expect(asymmetricKeyType).toBe('ed25519');
});
