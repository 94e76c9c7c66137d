// `doctor --stack` against an account that is well, and one that is broken: the check that fails is the one that should.

import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { checks } from '../../../cli/doctor/checks.ts';
import { examineAll } from '../../../cli/doctor/doctor.ts';
import { PROGRAM_FOLDER } from '../../../cli/doctor/program.ts';
import { type CameoAndTelegram, startWithTelegram } from '../../acceptance/running-cameo.ts';
import { type Account, shellOf, startAccount, wellAccount } from './aws-account.ts';
import { emptyFolder, systemOf } from './changed-system.ts';
import { findingOf, named } from './findings.ts';

let system: CameoAndTelegram;
beforeAll(async () => {
  system = await startWithTelegram('123456:AAdoctor-doctor-doctor-doctor-doctor0');
  const registered = await system.cameo.register(42);
  const { avatarId } = await registered.json();
  await system.cameo.get(`/avatars/${avatarId}?wait=5`);
});
afterAll(() => system.end());

/** Examines the stack of a changed account, from a shell in it. */
async function examineStack(
  change: Partial<Account>,
  { programFolder = PROGRAM_FOLDER, unset = [] as string[] } = {},
) {
  const local = systemOf(system.cameo.dataDir);
  const account = await startAccount({ ...wellAccount(local), ...change });
  onTestFinished(() => account.close());
  const shell = shellOf(account, local);
  // The SDK reads the process's own environment.
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_DEFAULT_REGION']) {
    vi.stubEnv(name, undefined);
  }
  for (const [name, value] of Object.entries(shell)) {
    vi.stubEnv(name, unset.includes(name) ? undefined : value);
  }
  onTestFinished(() => void vi.unstubAllEnvs());
  return examineAll({ stack: 'cameo' }, { environment: {}, programFolder });
}

test('a stack that is well has nothing that fails or is left out', async () => {
  const examined = await examineStack({});

  expect(named(examined, 'failed')).toEqual([]);
  expect(named(examined, 'warning').filter((name) => name !== 'times')).toEqual([]);
  expect(named(examined, 'unchecked')).toEqual([]);
  expect(named(examined, 'skipped')).toEqual([]);
  expect(examined).toHaveLength(checks.length);
  expect(findingOf(examined, 'credentials').summary).toBe('account 123456789012, eu-central-1');
});

const FAILURES: readonly [
  what: string,
  check: string,
  change: Partial<Account>,
  summary: RegExp,
][] = [
  [
    'credentials that have run out',
    'credentials',
    { refusal: 'ExpiredToken' },
    /^AWS does not take those of this shell \(ExpiredToken\)$/,
  ],
  [
    'an account that is not bootstrapped',
    'bootstrap',
    { bootstrapVersion: '' },
    /^123456789012 is not bootstrapped in eu-central-1$/,
  ],
  ['an old bootstrap', 'bootstrap', { bootstrapVersion: '5' }, /^version 5 .* too old$/],
  [
    'a stack that is not there',
    'cameo',
    { denied: { DescribeStacks: 'ValidationError' } },
    / stack cameo /,
  ],
  [
    'a stack without an output',
    'cameo',
    { outputs: { Url: 'https://avatars.example.com' } },
    /^The stack cameo has no output ApiUrl$/,
  ],
  [
    'an alarm that rings',
    'alarms',
    { alarms: [{ name: 'cameo-errors', state: 'ALARM', actionsEnabled: true }] },
    /^1 of 1 rings: cameo-errors$/,
  ],
  [
    'alarms that may not be read',
    'alarms',
    { alarms: [], denied: { ListStackResources: 'AccessDenied' } },
    /^cannot be looked at \(AccessDenied\)$/,
  ],
  [
    'a subscription that nobody confirmed',
    'subscriptions',
    { subscriptions: ['PendingConfirmation'] },
    /^1 of 1 did not confirm$/,
  ],
  ["a clock that is not AWS's", 'clock', { aheadMs: -40_000 }, /(39|40) s ahead of AWS$/],
];

const RINGS = { name: 'cameo-first-day', state: 'ALARM', actionsEnabled: true } as const;

test('an alarm that another one looks at may ring by itself', async () => {
  const composite = { name: 'cameo-low-hit-rate', of: 'cameo-first-day' };
  const quiet = { alarms: [RINGS], composites: [{ ...composite, state: 'OK' }] } as const;
  const loud = { alarms: [RINGS], composites: [{ ...composite, state: 'ALARM' }] } as const;

  expect(findingOf(await examineStack(quiet), 'alarms').summary).toBe('1, none rings');
  expect(findingOf(await examineStack(loud), 'alarms').summary).toBe(
    '1 of 1 rings: cameo-low-hit-rate',
  );
});

test.each(FAILURES)('with %s fails %s and nothing else', async (_, check, change, summary) => {
  const examined = await examineStack(change);

  expect(named(examined, 'failed')).toEqual([check]);
  expect(findingOf(examined, check).summary).toMatch(summary);
  expect(findingOf(examined, check).advice?.text).toMatch(/^[A-Z].*[.:]$/);
});

const WARNINGS: typeof FAILURES = [
  [
    'alarms that may not act',
    'alarms',
    { alarms: [{ name: 'cameo-errors', state: 'OK', actionsEnabled: false }] },
    /^the actions of 1 are switched off$/,
  ],
  ['no alarms', 'alarms', { alarms: [] }, /^the stack has none$/],
  ['nobody to be told', 'subscriptions', { subscriptions: [] }, /^nobody is told/],
  [
    'a job that waits for long',
    'queues',
    { oldestMessageSeconds: 90 },
    /^the oldest job waits for 90 s$/,
  ],
];

test.each(WARNINGS)('with %s warns by %s and fails nothing', async (_, check, change, summary) => {
  const examined = await examineStack(change);

  expect(named(examined, 'failed')).toEqual([]);
  expect(findingOf(examined, check)).toMatchObject({ mark: 'warning' });
  expect(findingOf(examined, check).summary).toMatch(summary);
});

/** A folder of this program with another cdk.json. */
function programWith(cdkJson: string): string {
  const folder = emptyFolder();
  for (const part of ['.', 'node_modules/aws-cdk', 'node_modules/aws-cdk-lib']) {
    const file = join(part, 'package.json');
    cpSync(join(PROGRAM_FOLDER, file), join(folder, file));
  }
  writeFileSync(join(folder, 'cdk.json'), cdkJson);
  return folder;
}

describe('the shell and the checkout:', () => {
  test('no region is told of as that', async () => {
    const examined = await examineStack({}, { unset: ['AWS_REGION'] });

    expect(named(examined, 'failed')).toEqual(['credentials']);
    expect(findingOf(examined, 'credentials').summary).toBe('no region is set');
  });

  test('no credentials are told of as that', async () => {
    const unset = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
    const examined = await examineStack({}, { unset });

    expect(named(examined, 'failed')).toEqual(['credentials']);
    expect(findingOf(examined, 'credentials').advice?.text).toContain('There are none');
  });

  test.each([
    ['a setting that cannot work', '{"context": {"warmPartners": 101}}', 'cdk.json has a mistake'],
    ['a setting that is none', '{"context": {"warmPartner": 50}}', 'cdk.json has a mistake'],
    ['no JSON', 'context', 'cdk.json is missing, or no JSON'],
  ])('a cdk.json with %s fails settings alone', async (_, cdkJson, summary) => {
    const programFolder = programWith(cdkJson);

    const examined = await examineStack({}, { programFolder });

    expect(named(examined, 'failed')).toEqual(['settings']);
    expect(findingOf(examined, 'settings').summary).toBe(summary);
  });

  test('a bootstrap of its own name is looked for by that', async () => {
    const programFolder = programWith(
      '{"context": {"@aws-cdk/core:bootstrapQualifier": "another"}}',
    );

    const examined = await examineStack({}, { programFolder });

    expect(named(examined, 'failed')).toEqual(['bootstrap']);
    expect(findingOf(examined, 'bootstrap').details).toEqual(['/cdk-bootstrap/another/version']);
  });

  test('a botId of another bot is worth a look', async () => {
    const programFolder = programWith('{"context": {"botId": "654321"}}');

    const examined = await examineStack({}, { programFolder });

    expect(named(examined, 'failed')).toEqual([]);
    expect(findingOf(examined, 'telegram')).toMatchObject({
      mark: 'warning',
      summary: 'knows the bot as @stand_in_bot, but botId names another one',
    });
    expect(findingOf(examined, 'telegram').advice?.text).toContain('cdk.json to 123456,');
  });
});
