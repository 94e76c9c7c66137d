// cdk-nag and the library's own validation, for the default settings and every other: clean, and able to find.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ACKNOWLEDGEMENTS } from '../../lib/acknowledgements.ts';
import { CameoStack } from '../../lib/cameo-stack.ts';
import { RULES } from '../../lib/setting-rules.ts';
import { declareStacks } from '../../lib/stacks.ts';
import { appWith, settingsOf } from './synthesise.ts';

const DOMAIN = {
  domainName: 'avatars.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/abc-1',
};

// One place for alarms at most, also where everything is switched.
const TOPIC = { alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms', alarmEmail: '' };

/** Every setting with another value than the default, and what has to come with it. */
const SWITCHED: Readonly<Record<string, object>> = {
  environmentName: { environmentName: 'staging' },
  botTokenSecretName: { botTokenSecretName: 'shared/bot-token' },
  botId: { botId: '123456789' },
  telegramApiRoot: { telegramApiRoot: 'https://bot-api.example.com' },
  domainName: DOMAIN,
  certificateArn: DOMAIN,
  allowedOrigins: { allowedOrigins: 'https://a.example.com,https://b.example.com' },
  alarmEmail: { alarmEmail: 'ops@example.com' },
  alarmTopicArn: TOPIC,
  runbookUrl: { runbookUrl: 'https://git.example.com/cameo/docs/runbook.md' },
  initDataMaxAgeSeconds: { initDataMaxAgeSeconds: 60 },
  warmPartners: { warmPartners: 0 },
  warmEveryMinutes: { warmEveryMinutes: 1 },
  refreshHours: { refreshHours: 1 },
  photoRetentionDays: { photoRetentionDays: 1 },
  tombstoneDays: { tombstoneDays: 60 },
  wafRequestsPer5Minutes: { wafRequestsPer5Minutes: 1000 },
  monthlyBudgetUsd: { monthlyBudgetUsd: 20, ...TOPIC },
  priceClass: { priceClass: '100' },
  logRetentionDays: { logRetentionDays: 7 },
  removalPolicy: { removalPolicy: 'destroy' },
  tracing: { tracing: true },
  demoPage: { demoPage: true },
  edgeMetrics: { edgeMetrics: false },
};

const ALL = Object.assign({}, ...Object.values(SWITCHED));

const declared = (context: object): App => {
  const app = appWith({ ...context });
  declareStacks(app, settingsOf(app));
  return app;
};

afterEach(() => {
  vi.restoreAllMocks();
  // A finding makes the process of `cdk synth` fail; here it would be the test's.
  process.exitCode = undefined;
});

describe('the templates', () => {
  it('are tried with every setting switched', () => {
    expect(Object.keys(SWITCHED)).toEqual(Object.keys(RULES));
    for (const [name, context] of Object.entries(SWITCHED)) {
      expect(context).not.toMatchObject({ [name]: RULES[name]?.byDefault });
    }
  });

  it.each([['the default settings', {}], ...Object.entries(SWITCHED), ['all at once', ALL]])(
    'are clean with another %s',
    (_, context) => {
      expect(() => declared(context).synth()).not.toThrow();
    },
  );

  it.each([
    ['a queue without a dead-letter queue', (app: App) => new Queue(stackOf(app), 'Careless')],
  ])('are not synthesised with %s', (_, add) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const app = declared({});

    add(app);

    expect(() => app.synth()).toThrow(/cameo\/Careless.+AwsSolutions-SQS3/s);
  });
});

function stackOf(app: App): CameoStack {
  return app.node.findChild('cameo') as CameoStack;
}

describe('the acknowledgements', () => {
  const listed = ACKNOWLEDGEMENTS.flatMap(({ finding, constructs }) =>
    constructs.map((path) => `${finding} in ${path}`),
  );

  it('are of what is found without them, by one setting or another, and of nothing else', () => {
    const found = [{}, ALL].flatMap((context) => {
      const app = appWith(context);
      const stack = new CameoStack(app, 'cameo', { settings: settingsOf(app) });
      const { violations } = new AwsSolutionsChecks(app).validateScope(stack);
      return violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(
          ({ constructPath = '' }) => `${ruleName} in ${within(constructPath)}`,
        ),
      );
    });

    expect([...listed].sort()).toEqual([...new Set(found)].sort());
  });

  it('stand in docs/security.md with their reasons, and no others do', () => {
    const doc = readFileSync(resolve(import.meta.dirname, '../../docs/security.md'), 'utf8');
    const rows = [...doc.matchAll(/^\| `(AwsSolutions-.+) \|$/gm)].map(([row]) => row);

    const table = ACKNOWLEDGEMENTS.map(({ finding, constructs, reason }) => {
      const places = constructs.map((path) => `\`${path}\``).join(', ');
      return `| \`${finding}\` | ${places} | ${reason} |`;
    });
    expect(rows).toEqual(table);
  });
});

/** The construct's path within the stack, without the resource that is in it. */
function within(constructPath: string): string {
  return constructPath.replace(/^cameo\//, '').replace(/\/Resource$/, '');
}
