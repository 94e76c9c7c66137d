// AWS_ENDPOINT_URL, and whose account is used: a process with all that a developer's shell may hold.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startCameo } from '../acceptance/running-cameo.ts';
import { startAwsFront } from './aws-front.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cameo-account-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** The environment of someone who works with AWS: none of it may be heeded. */
function developersEnvironment(): Record<string, string> {
  mkdirSync(join(folder, '.aws'));
  const settings = [
    'endpoint_url = http://127.0.0.1:1',
    'use_fips_endpoint = true',
    `credential_process = touch ${folder}/used`,
  ];
  const sections = ['[default]', '[profile prod]'].flatMap((section) => [section, ...settings]);
  writeFileSync(join(folder, '.aws/config'), sections.join('\n'));
  return {
    HOME: folder,
    AWS_PROFILE: 'prod',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIACANARY',
    AWS_SECRET_ACCESS_KEY: 'canary',
    AWS_SESSION_TOKEN: 'canary',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
  };
}

/** Registers a partner and returns the type of the photo. */
async function photoOf(environment: Record<string, string>): Promise<string | null> {
  const dataDir = join(folder, 'cameo');
  const cameo = await startCameo(dataDir, environment);
  onTestFinished(async () => void (await cameo.end('SIGTERM')));
  const { avatarId } = await (await cameo.register(1001)).json();
  const photo = await cameo.get(`/avatars/${avatarId}?wait=5`);
  await photo.arrayBuffer();
  return photo.headers.get('content-type');
}

test('the system runs on another emulator, which sees nobody’s own account', async () => {
  mkdirSync(join(folder, 'other'));
  const front = await startAwsFront(join(folder, 'other'));

  const type = await photoOf({ ...developersEnvironment(), AWS_ENDPOINT_URL: front.url });

  expect(type).toBe('image/webp');
  expect(front.callers).toEqual(new Set(['dynamodb local', 's3 local', 'sqs local']));
  expect(readdirSync(folder).sort()).toEqual(['.aws', 'cameo', 'other']);
  // No emulator of its own was started beside it.
  expect(readdirSync(join(folder, 'cameo'))).not.toContain('dynamodb');
});

test('the embedded emulators are used whatever the environment says of AWS', async () => {
  expect(await photoOf(developersEnvironment())).toBe('image/webp');
  expect(readdirSync(folder).sort()).toEqual(['.aws', 'cameo']);
});
