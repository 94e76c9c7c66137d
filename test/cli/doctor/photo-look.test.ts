// What only time brings: a photo that is late, and one that the retention has dropped.

import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAt } from '../../../cli/doctor/photo-look.ts';
import type { Partner } from '../../../core/partner.ts';
import { awsClients } from '../../../local/aws.ts';
import { type Emulators, startEmulators } from '../../../local/emulators.ts';
import { provision } from '../../../local/provision.ts';
import { newDataDir, removeDataDir } from '../../acceptance/running-cameo.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOW_MS = Date.parse('2026-11-29T12:00:00Z');

let dataDir: string;
let emulators: Emulators;
let s3: S3Client;
let bucketName: string;
beforeAll(async () => {
  dataDir = newDataDir();
  emulators = await startEmulators({ dataDir });
  const clients = awsClients(emulators);
  s3 = clients.s3;
  ({ bucketName } = await provision(clients));
});
afterAll(async () => {
  await emulators.stop();
  removeDataDir(dataDir);
});

const joined = (agoMs: number, more: Partial<Partner> = {}): Partner => ({
  avatarId: 'a'.repeat(26),
  userId: '42',
  firstName: 'Ada',
  joinedAtMs: NOW_MS - agoMs,
  ...more,
});

const look = async (partner: Partner, now = partner) => {
  const directory = { many: async () => new Map([[now.avatarId, now]]) };
  const ports = { directory, s3, bucketName, url: undefined, origin: '', photoRetentionDays: 30 };
  return (await lookAt(partner, { ...ports, nowMs: NOW_MS })).trouble;
};

const photo = { photoId: 'AQADphoto', lqip: 'data:' };

test.each([
  ['pending for nine minutes', joined(9 * MINUTE_MS), undefined],
  ['pending for eleven minutes', joined(11 * MINUTE_MS), 'late'],
  ['without one at Telegram', joined(DAY_MS, { checkedAtMs: NOW_MS }), undefined],
  ['not in the bucket after 29 days', joined(29 * DAY_MS, { photo }), 'missing'],
  ['not in the bucket after 31 days', joined(31 * DAY_MS, { photo }), 'dropped'],
] as const)('a photo that is %s', async (_, partner, trouble) => {
  expect(await look(partner)).toBe(trouble);
});

test('a photo that is replaced between two reads is looked at again', async () => {
  const partner = joined(DAY_MS, { photo });
  const now = joined(DAY_MS, { checkedAtMs: NOW_MS });

  expect(await look(partner, now)).toBeUndefined();
});
