// The assets of all functions as they are uploaded, unpacked and started. Lambda's own processor is not this
// machine's everywhere: for arm64 the binaries are read, and the code runs with this platform's build of them.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FunctionName, functions } from '../../core/topology.ts';
import { nativeModules } from '../../lib/bundling.ts';
import packageLock from '../../package-lock.json' with { type: 'json' };
import { type Invoked, invokePackaged } from './lambda-process.ts';
import {
  AARCH64,
  filesOf,
  machineOf,
  type PackagedFunction,
  packageStack,
  sourcesOf,
  zippedBytes,
} from './packaged.ts';

// npm fetches sharp for arm64 from its registry, or from its cache.
const SYNTH_TIMEOUT_MS = 300_000;

// Lambda quotas: a deployment package unzipped, and zipped where it is uploaded directly.
const UNZIPPED_LIMIT_BYTES = 250 * 1024 * 1024;
const ZIPPED_LIMIT_BYTES = 50 * 1024 * 1024;

const AVATAR_ID = 'a'.repeat(26);

let all: PackagedFunction[];
beforeAll(async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'cameo-assembly-'));
  all = await packageStack(outdir);
  return () => rmSync(outdir, { recursive: true, force: true });
}, SYNTH_TIMEOUT_MS);

const names = Object.keys(functions) as FunctionName[];

function packagedAs(name: FunctionName): PackagedFunction {
  const found = all.find((packaged) => packaged.name === name);
  if (!found) throw new Error(`no asset was made of ${functions[name].entry}`);
  return found;
}

function httpEvent(routeKey: string, rawPath: string, pathParameters = {}) {
  const http = { method: routeKey.split(' ')[0], path: rawPath, sourceIp: '203.0.113.7' };
  const requestContext = { http, requestId: 'request', routeKey, timeEpoch: 0 };
  return { version: '2.0', routeKey, rawPath, headers: {}, pathParameters, requestContext };
}

function sqsEvent(queue: string, job: object) {
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: '0' };
  const eventSourceARN = `arn:aws:sqs:eu-central-1:000000000000:${queue}`;
  const record = { messageId: 'm', receiptHandle: 'r', messageAttributes: {} };
  return { Records: [{ ...record, attributes, eventSourceARN, body: JSON.stringify(job) }] };
}

const COMES_BACK = { answer: { batchItemFailures: [{ itemIdentifier: 'm' }] } };

/** For each function an event, and what becomes of it where no store answers. */
const INVOCATIONS: Readonly<Record<FunctionName, { event: unknown; expected: object }>> = {
  servePhoto: {
    event: httpEvent('GET /avatars/{avatarId}', `/avatars/${AVATAR_ID}`, { avatarId: AVATAR_ID }),
    expected: {
      answer: { statusCode: 503, body: expect.stringContaining('<svg') },
    },
  },
  partners: {
    event: httpEvent('POST /api/partner/me', '/api/partner/me'),
    expected: { answer: { statusCode: 401, body: expect.stringContaining('"status":401') } },
  },
  serveClient: {
    event: httpEvent('GET /client/v1/{file}', '/client/v1/core.js', { file: 'core.js' }),
    expected: { answer: { statusCode: 200, body: expect.stringContaining('export') } },
  },
  fetchPhoto: {
    event: sqsEvent('FETCH_QUEUE_URL', { avatarId: AVATAR_ID, checkedBeforeMs: 0 }),
    expected: COMES_BACK,
  },
  warmRecent: { event: {}, expected: { error: expect.stringContaining('ECONNREFUSED') } },
  erasePartner: {
    event: sqsEvent('ERASE_QUEUE_URL', { kind: 'evict', avatarId: AVATAR_ID }),
    expected: COMES_BACK,
  },
  authorizeOrigin: {
    event: { identitySource: ['a secret'] },
    expected: { error: expect.stringContaining('could not be checked') },
  },
  rotateOriginSecret: {
    event: { Step: 'createSecret', ClientRequestToken: 'version' },
    expected: { error: expect.stringContaining('step createSecret failed') },
  },
};

it('makes an asset of each function, and no function without one of ours', () => {
  expect(all.map(({ name }) => name).sort()).toEqual([...names].sort());
});

describe.each(names)('the asset of %s', (name) => {
  it('fits into a Lambda', () => {
    const { folder } = packagedAs(name);

    const unzippedBytes = filesOf(folder).reduce((sum, { bytes }) => sum + bytes.length, 0);

    expect(unzippedBytes).toBeLessThan(UNZIPPED_LIMIT_BYTES);
    expect(zippedBytes(folder)).toBeLessThan(ZIPPED_LIMIT_BYTES);
  });

  it('starts by itself and answers, with this platform’s build of what is native', async () => {
    const { event, expected } = INVOCATIONS[name];

    const invoked: Invoked = await invokePackaged(packagedAs(name), event);

    expect(invoked).toMatchObject(expected);
    expect(invoked.node).toMatch(/^v24\./);
    expect(invoked.requires.filter((path) => !path.startsWith('@img/'))).toEqual(
      expect.arrayContaining(nativeModules(functions[name].entry)),
    );
  });

  it('has no tracer in it, which would record the bot token’s URLs', () => {
    const { folder } = packagedAs(name);
    const text = readFileSync(join(folder, 'index.js'), 'utf8');

    expect(sourcesOf(folder).length).toBeGreaterThan(50);
    expect(sourcesOf(folder).filter((path) => /xray|tracer/i.test(path))).toEqual([]);
    expect(text).not.toMatch(/aws-xray-sdk|AWS_XRAY_DAEMON_ADDRESS/);
  });

  it('has nothing beside the bundle but what is native', () => {
    const { folder } = packagedAs(name);
    const roots = new Set(filesOf(folder).map(({ path }) => path.split('/')[0]));

    const expected =
      nativeModules(functions[name].entry).length > 0 ? ['node_modules', 'package.json'] : [];
    expect([...roots].sort()).toEqual(['index.js', 'index.js.map', ...expected]);
  });
});

describe('the sharp of fetch-photo', () => {
  const lock: Readonly<
    Record<string, { version?: string; libc?: readonly string[]; link?: boolean }>
  > = packageLock.packages;
  const files = () => filesOf(packagedAs('fetchPhoto').folder);
  const packages = () =>
    files()
      .filter(({ path }) => /^node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
      .map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as { name: string; version: string });

  it('is the one of package-lock.json, for Linux on arm64 with glibc and nothing else', () => {
    const installed = packages();

    const binaries = installed
      .map(({ name }) => name)
      .filter((name) => name.startsWith('@img/sharp'));
    expect(binaries.sort()).toEqual(['@img/sharp-libvips-linux-arm64', '@img/sharp-linux-arm64']);
    for (const { name, version } of installed) {
      expect(lock[`node_modules/${name}`]?.version, name).toBe(version);
    }
    expect(lock['node_modules/@img/sharp-linux-arm64']?.libc).toEqual(['glibc']);
  });

  it('has binaries for AArch64 alone', () => {
    const machines = files()
      .map(({ path, bytes }) => ({ file: path.split('/').at(-1), machine: machineOf(bytes) }))
      .filter(({ machine }) => machine !== undefined);

    expect(machines).toEqual(
      expect.arrayContaining([
        { file: expect.stringMatching(/^sharp-linux-arm64.*\.node$/), machine: AARCH64 },
        { file: expect.stringMatching(/^libvips-cpp\.so/), machine: AARCH64 },
      ]),
    );
    expect(machines.filter(({ machine }) => machine !== AARCH64)).toEqual([]);
  });
});
