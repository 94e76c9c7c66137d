import { describe, expect, it } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { defaults } from '../../core/operator-settings.ts';
import { MESSAGE_RETENTION_DAYS } from '../../core/topology.ts';
import { RULES } from '../../lib/setting-rules.ts';
import { InvalidSettings, readSettings } from '../../lib/settings.ts';
import { type Properties, readable, resource, synthesise } from './synthesise.ts';

const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/abc-1';
const read = (context: Record<string, unknown>) => readSettings((name) => context[name]);

describe('the settings', () => {
  it('work without any', () => {
    expect(read({})).toEqual({
      stackName: 'cameo',
      botTokenSecretName: 'cameo/bot-token',
      telegramApiRoot: 'https://api.telegram.org',
      monthlyBudgetUsd: 0,
      allowedOrigins: ['*'],
      wafRequestsPer5Minutes: 0,
      priceClass: 'all',
      logRetentionDays: 30,
      removalPolicy: 'retain',
      tracing: false,
      demoPage: false,
      edgeMetrics: true,
      ...defaults,
    });
  });

  it('stand in cdk.json with their defaults', () => {
    const byDefault = Object.entries(RULES).map(([name, rule]) => [name, rule.byDefault]);
    const ours = Object.entries(cdkJson.context).filter(([name]) => !name.startsWith('@aws-cdk'));

    expect(ours).toEqual(byDefault);
    expect(read(cdkJson.context)).toEqual(read({}));
  });

  it('make another stack of another environment, with a bot token of its own', () => {
    expect(read({ environmentName: 'staging-2' })).toMatchObject({
      stackName: 'cameo-staging-2',
      botTokenSecretName: 'cameo-staging-2/bot-token',
    });
    expect(read({ environmentName: 'x', botTokenSecretName: 'one/for-all' })).toMatchObject({
      stackName: 'cameo-x',
      botTokenSecretName: 'one/for-all',
    });
  });

  it('take origins with commas between them, each once', () => {
    const allowedOrigins = 'https://a.example.com,http://localhost:5173 , https://a.example.com';

    expect(read({ allowedOrigins })).toMatchObject({
      allowedOrigins: ['https://a.example.com', 'http://localhost:5173'],
    });
  });

  it('take a choice as cdk.json writes it and as -c gives it', () => {
    const chosen = {
      priceClass: '100',
      logRetentionDays: 7,
      removalPolicy: 'destroy',
      tracing: true,
      demoPage: true,
      edgeMetrics: false,
    };
    const texts = Object.entries(chosen).map(([name, value]) => [name, String(value)]);

    expect(read({ ...chosen, priceClass: 100 })).toMatchObject(chosen);
    expect(read(Object.fromEntries(texts))).toMatchObject(chosen);
  });

  it('take a self-hosted Bot API and a domain', () => {
    const settings = read({
      telegramApiRoot: 'http://bot-api.internal:8081/base',
      domainName: 'avatars.example.com',
      certificateArn: CERTIFICATE,
    });

    expect(settings).toMatchObject({
      telegramApiRoot: 'http://bot-api.internal:8081/base',
      domain: { name: 'avatars.example.com', certificateArn: CERTIFICATE },
    });
  });

  it('take a domain of another script by its ASCII form', () => {
    const name = 'xn--80ak6aa.xn--p1ai';

    expect(read({ domainName: name, certificateArn: CERTIFICATE })).toMatchObject({
      domain: { name },
    });
  });

  it('take a number as cdk.json writes it and as -c gives it', () => {
    const numbers = {
      initDataMaxAgeSeconds: 60,
      warmPartners: 0,
      photoRetentionDays: 1,
      tombstoneDays: 3650,
      warmEveryMinutes: 360,
      refreshHours: 1,
      wafRequestsPer5Minutes: 10,
    };
    const texts = Object.entries(numbers).map(([name, value]) => [name, String(value)]);

    expect(read({ ...numbers, botId: 123 })).toMatchObject({ ...numbers, botId: '123' });
    expect(read({ ...Object.fromEntries(texts), botId: '123' })).toEqual(
      read({ ...numbers, botId: 123 }),
    );
  });

  it.each([
    ['botTokenSecretName', 'a b'],
    ['botTokenSecretName', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x'],
    ['telegramApiRoot', 'https://api.telegram.org/'],
    ['telegramApiRoot', 'api.telegram.org'],
    ['domainName', 'https://avatars.example.com'],
    ['certificateArn', CERTIFICATE.replace('us-east-1', 'eu-west-1')],
    ['telegramApiRoot', 7],
    ['botId', '123456:AAF'],
    ['botId', '@cameo_bot'],
    ['botId', '0'],
    ['botId', -1],
    ['botId', 1e21],
    ['initDataMaxAgeSeconds', 59],
    ['initDataMaxAgeSeconds', 86_401],
    ['initDataMaxAgeSeconds', '1h'],
    ['warmPartners', 101],
    ['warmPartners', -1],
    ['warmPartners', '2.5'],
    ['warmPartners', ''],
    ['warmPartners', true],
    ['photoRetentionDays', 0],
    ['photoRetentionDays', '1e2'],
    ['photoRetentionDays', 3651],
    ['tombstoneDays', MESSAGE_RETENTION_DAYS],
    ['tombstoneDays', 3651],
    ['alarmEmail', 'ops'],
    ['alarmEmail', 'a@example.com, b@example.com'],
    ['alarmTopicArn', 'alarms'],
    ['alarmTopicArn', 'arn:aws:sns:eu-west-1:123456789012:alarms.fifo'],
    ['monthlyBudgetUsd', -1],
    ['monthlyBudgetUsd', '9.99'],
    ['runbookUrl', 'http://example.com/runbook.md'],
    ['runbookUrl', 'https://example.com/runbook.md#errors'],
    ['environmentName', 'Staging'],
    ['environmentName', 'staging-'],
    ['environmentName', 'a_b'],
    ['environmentName', 'a'.repeat(21)],
    ['environmentName', 'waf'],
    ['environmentName', 'staging-waf'],
    ['environmentName', 'github'],
    ['allowedOrigins', ''],
    ['allowedOrigins', 'app.example.com'],
    ['allowedOrigins', 'https://app.example.com/'],
    ['allowedOrigins', 'https://app.example.com,'],
    ['allowedOrigins', '*,https://app.example.com'],
    ['allowedOrigins', Array(21).fill('https://app.example.com').join()],
    ['warmEveryMinutes', 0],
    ['warmEveryMinutes', 361],
    ['refreshHours', 0],
    ['refreshHours', 721],
    ['wafRequestsPer5Minutes', 9],
    ['wafRequestsPer5Minutes', 'none'],
    ['priceClass', '300'],
    ['logRetentionDays', 2],
    ['removalPolicy', 'delete'],
    ['tracing', 'yes'],
    ['tracing', 1],
    ['edgeMetrics', ''],
  ])('name the one that will not do: %s = %j', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: set .+$`));
  });

  it('tell every mistake at once, one a line', () => {
    const attempt = () =>
      read({ botTokenSecretName: 'a b', telegramApiRoot: 'nowhere', warmPartners: 'all' });

    expect(attempt).toThrow(InvalidSettings);
    expect(attempt).toThrow(
      /^botTokenSecretName: .+\ntelegramApiRoot: .+\nwarmPartners: set a whole number from 0 to 100$/,
    );
  });

  it.each(['botTokenSecretName', 'botId'])(
    'never repeat a bot token that was put where %s belongs',
    (name) => {
      expect(() => read({ [name]: '123456:SECRET' })).toThrow(InvalidSettings);
      expect(() => read({ [name]: '123456:SECRET' })).not.toThrow(/SECRET/);
    },
  );

  it('take one place for alarms, and a budget that tells it', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';

    expect(read({ alarmEmail: 'ops@example.com', monthlyBudgetUsd: 20 })).toMatchObject({
      notify: { email: 'ops@example.com' },
      monthlyBudgetUsd: 20,
    });
    expect(read({ alarmTopicArn })).toMatchObject({ notify: { topicArn: alarmTopicArn } });
    expect(() => read({ alarmTopicArn, alarmEmail: 'ops@example.com' })).toThrow(/set one of them/);
    expect(() => read({ monthlyBudgetUsd: 20 })).toThrow(/^monthlyBudgetUsd: .*nobody is told$/);
  });

  it('are told by their names if they are none, but for those of the CDK', () => {
    const names = ['warmPartner', 'botId', 'aws:cdk:bundling-stacks', '@aws-cdk/core:x', 'cli-x'];

    expect(() => readSettings(() => undefined, names)).toThrow(/^warmPartner: no such setting.*$/);
    expect(() => readSettings(() => undefined, Object.keys(cdkJson.context))).not.toThrow();
  });

  it('want both or neither of a domain and its certificate', () => {
    expect(() => read({ domainName: 'avatars.example.com' })).toThrow(/both or neither/);
  });
});

it('leave every name that is made of the longest environment within CloudFront’s 64 characters', () => {
  const longestRegion = 'ap-southeast-1';
  const template = synthesise({ environmentName: 'x'.repeat(20) });
  const named = [
    resource(template, 'AWS::CloudFront::Function', 'EdgeStampOrigin').Name,
    (
      resource(template, 'AWS::CloudFront::OriginAccessControl', 'EdgePhotosAccess')
        .OriginAccessControlConfig as Properties
    ).Name,
  ];

  const names = named.map((name) => String(readable(name)).replace('AWS::Region', longestRegion));

  for (const name of names) {
    expect(name).toContain(longestRegion);
    expect(name).toMatch(/^[\w-]{1,64}$/);
  }
});
