import { describe, expect, it } from 'vitest';
import { TELEGRAM_PUBLIC_KEY } from '../../core/operator-settings.ts';
import { type FunctionDeclaration, functions } from '../../core/topology.ts';
import { type Properties, readable, resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const deployed = resources(template, 'AWS::Lambda::Function');

const DECLARED: [string, FunctionDeclaration][] = [
  ['ServePhoto', functions.servePhoto],
  ['PartnersApi', functions.partners],
  ['ServeClient', functions.serveClient],
  ['FetchPhoto', functions.fetchPhoto],
  ['WarmRecent', functions.warmRecent],
  ['ErasePartner', functions.erasePartner],
  ['AuthorizeOrigin', functions.authorizeOrigin],
  ['RotateOriginSecret', functions.rotateOriginSecret],
];

it('deploys the declared functions and no others', () => {
  const ids = DECLARED.map(([id]) => `${id}Function`);

  expect(Object.keys(deployed).sort()).toEqual(ids.sort());
  expect(DECLARED).toHaveLength(Object.keys(functions).length);
});

describe.each(DECLARED)('%s', (id, declaration) => {
  const lambda = resource(template, 'AWS::Lambda::Function', `${id}Function`);

  it('runs on arm64 and Node 24 with the declared time and memory', () => {
    expect(lambda).toMatchObject({
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Timeout: declaration.timeoutSeconds,
      MemorySize: declaration.memoryMb,
    });
  });

  it('is told what it declares and nothing else', () => {
    const { Variables } = lambda.Environment as { Variables: Record<string, unknown> };

    expect(Object.keys(Variables).sort()).toEqual([...declaration.environment].sort());
  });

  it('writes a log of its own, which is kept for a month', () => {
    expect(readable(lambda)).toMatchObject({ LoggingConfig: { LogGroup: `${id}Log` } });
    expect(resources(template, 'AWS::Logs::LogGroup')[`${id}Log`]).toEqual({ RetentionInDays: 30 });
  });
});

it('tells functions the names of secrets, never their values', () => {
  const environment = deployed.FetchPhotoFunction?.Environment;
  const partners = JSON.stringify(deployed.PartnersApiFunction?.Environment);

  expect(environment).toMatchObject({ Variables: { BOT_TOKEN_SECRET: 'cameo/bot-token' } });
  // The name is cut out of the ARN that Ref gives; a value could only come by `resolve`.
  expect(partners).toContain('"Ref":"SecretsUrlKey');
  expect(partners).not.toContain('resolve');
});

it('tells functions what the operator set', () => {
  const set = synthesise({
    botId: '123',
    warmPartners: '20',
    initDataMaxAgeSeconds: 600,
    tombstoneDays: 60,
    refreshHours: 48,
    demoPage: true,
  });
  const variables = (id: string) => resource(set, 'AWS::Lambda::Function', id).Environment;

  expect(variables('PartnersApiFunction')).toMatchObject({
    Variables: { BOT_ID: '123', INIT_DATA_MAX_AGE_SECONDS: '600', TOMBSTONE_DAYS: '60' },
  });
  expect(variables('WarmRecentFunction')).toMatchObject({ Variables: { WARM_PARTNERS: '20' } });
  for (const id of ['ServePhotoFunction', 'PartnersApiFunction', 'WarmRecentFunction']) {
    expect(variables(id)).toMatchObject({ Variables: { REFRESH_HOURS: '48' } });
  }
  expect(variables('ErasePartnerFunction')).toMatchObject({ Variables: { TOMBSTONE_DAYS: '60' } });
  expect(variables('ServeClientFunction')).toMatchObject({ Variables: { DEMO_PAGE: 'on' } });
});

it('has no demo page where nobody wants it', () => {
  expect(deployed.ServeClientFunction?.Environment).toMatchObject({
    Variables: { DEMO_PAGE: 'off' },
  });
});

it('tells partners Telegram’s key, and no bot where none is set', () => {
  expect(deployed.PartnersApiFunction?.Environment).toMatchObject({
    Variables: { BOT_ID: 'none', INIT_DATA_PUBLIC_KEYS: TELEGRAM_PUBLIC_KEY },
  });
});

it('keeps its logs for as long as the operator wants', () => {
  const logs = resources(synthesise({ logRetentionDays: '7' }), 'AWS::Logs::LogGroup');

  expect(Object.values(logs).map(({ RetentionInDays }) => RetentionInDays)).toEqual(
    Object.keys(logs).map(() => 7),
  );
});

describe('tracing', () => {
  const traced = synthesise({ tracing: 'true' });

  it('is off where nobody wants it', () => {
    for (const { TracingConfig } of Object.values(deployed)) expect(TracingConfig).toBeUndefined();
  });

  it('is Lambda’s own for every function, which may send its traces and gets no more', () => {
    const all = Object.values(resources(traced, 'AWS::Lambda::Function'));
    const policies = JSON.stringify(resources(traced, 'AWS::IAM::Role'));

    expect(all.map(({ TracingConfig }) => TracingConfig)).toEqual(
      all.map(() => ({ Mode: 'Active' })),
    );
    expect(policies.match(/xray:\w+/g)).toHaveLength(2 * all.length);
    traced.resourceCountIs('AWS::IAM::Policy', 0);
  });
});

it('tells each function where what it works with is', () => {
  const told = Object.assign(
    {},
    ...Object.values(deployed).map(({ Environment }) => (Environment as Properties).Variables),
  );

  expect(readable(told)).toMatchObject({
    TABLE_NAME: 'PartnersTable',
    BUCKET_NAME: 'PhotosBucket',
    FETCH_QUEUE_URL: 'FetchesQueue',
    WARM_QUEUE_URL: 'WarmFetchesQueue',
    ERASE_QUEUE_URL: 'ErasuresQueue',
    FETCH_DEAD_LETTER_URL: 'FetchesDeadLetters',
    WARM_DEAD_LETTER_URL: 'WarmFetchesDeadLetters',
    ERASE_DEAD_LETTER_URL: 'ErasuresDeadLetters',
    DISTRIBUTION_ID: 'EdgeDistribution',
  });
});

it('has functions count where the stack says that they do', () => {
  const { Value } = template.toJSON().Outputs.MetricsNamespace;
  const told = ['ServePhoto', 'FetchPhoto', 'ErasePartner'].map(
    (id) => deployed[`${id}Function`]?.Environment,
  );

  for (const environment of told) {
    expect(environment).toMatchObject({ Variables: { METRICS_NAMESPACE: Value } });
  }
});

it('lets what a function postpones come back more than 16 times, and no other function feed itself', () => {
  const loops = Object.entries(deployed).map(([id, { RecursiveLoop }]) => [id, RecursiveLoop]);

  expect(Object.fromEntries(loops)).toEqual({
    ServePhotoFunction: 'Terminate',
    PartnersApiFunction: 'Terminate',
    ServeClientFunction: 'Terminate',
    FetchPhotoFunction: 'Allow',
    WarmRecentFunction: 'Terminate',
    ErasePartnerFunction: 'Allow',
    AuthorizeOriginFunction: 'Terminate',
    RotateOriginSecretFunction: 'Terminate',
  });
});
