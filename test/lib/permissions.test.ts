import { describe, expect, it } from 'vitest';
import { type Properties, readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const roles = resources(template, 'AWS::IAM::Role');
const GRANTEES = [
  'ServePhoto',
  'PartnersApi',
  'ServeClient',
  'FetchPhoto',
  'WarmRecent',
  'ErasePartner',
  'AuthorizeOrigin',
  'RotateOriginSecret',
  'Warming',
  'WatchReleases',
];

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: unknown;
}

const SEND = ['sqs:SendMessage'];
const WORK = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
];
const READ_SECRET = ['secretsmanager:GetSecretValue'];
const DISTRIBUTION = 'arn:AWS::Partition:cloudfront::AWS::AccountId:distribution/EdgeDistribution';
const WRITE_LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe('least privilege', () => {
  it('lets serve-photo read partners and photos, claim a fetch, ask for it, and nothing else', () => {
    expect(granted('ServePhoto')).toEqual({
      'PartnersTable.Arn': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      'PhotosBucket.Arn/avatars/*': ['s3:GetObject'],
      'FetchesQueue.Arn': SEND,
      'WarmFetchesQueue.Arn': SEND,
      'ServePhotoLog.Arn': WRITE_LOG,
    });
  });

  it('lets partners register, list, entomb, read photos, send to the queues, read its two keys, and nothing else', () => {
    expect(granted('PartnersApi')).toEqual({
      'PartnersTable.Arn': [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      'PartnersTable.Arn/index/recent': ['dynamodb:Query'],
      'PartnersTable.Arn/index/changed': ['dynamodb:Query'],
      'PhotosBucket.Arn/avatars/*': ['s3:GetObject'],
      'FetchesQueue.Arn': SEND,
      'WarmFetchesQueue.Arn': SEND,
      'ErasuresQueue.Arn': SEND,
      SecretsUrlKey: READ_SECRET,
      SecretsServiceKey: READ_SECRET,
      'PartnersApiLog.Arn': WRITE_LOG,
    });
  });

  it('lets serve-client store the client’s files, and nothing else', () => {
    expect(granted('ServeClient')).toEqual({
      'PhotosBucket.Arn/client/v1/*': ['s3:PutObject'],
      'ServeClientLog.Arn': WRITE_LOG,
    });
  });

  it('lets fetch-photo lease, store and remove photos, work its queues, leave dead letters, ask to evict, read the bot token, and nothing else', () => {
    expect(granted('FetchPhoto')).toEqual({
      'PartnersTable.Arn': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      'PhotosBucket.Arn/avatars/*': ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      'FetchesQueue.Arn': WORK,
      'WarmFetchesQueue.Arn': WORK,
      'FetchesDeadLetters.Arn': SEND,
      'WarmFetchesDeadLetters.Arn': SEND,
      'ErasuresQueue.Arn': SEND,
      'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:cameo/bot-token-??????':
        READ_SECRET,
      'FetchPhotoLog.Arn': WRITE_LOG,
    });
  });

  it('lets warm-recent list the newest, claim, ask for what is due, leave a dead letter, and nothing else', () => {
    expect(granted('WarmRecent')).toEqual({
      'PartnersTable.Arn': ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
      'PartnersTable.Arn/index/recent': ['dynamodb:Query'],
      'WarmFetchesQueue.Arn': SEND,
      'WarmingDeadLetters.Arn': SEND,
      'WarmRecentLog.Arn': WRITE_LOG,
    });
  });

  it('lets erase-partner entomb, list and remove photos, work its queue, leave dead letters, invalidate this distribution, and nothing else', () => {
    expect(granted('ErasePartner')).toEqual({
      'PartnersTable.Arn': ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      'PhotosBucket.Arn/avatars/*': ['s3:DeleteObject'],
      'PhotosBucket.Arn if {"StringLike":{"s3:prefix":"avatars/*"}}': ['s3:ListBucket'],
      'ErasuresQueue.Arn': WORK,
      'ErasuresDeadLetters.Arn': SEND,
      [DISTRIBUTION]: ['cloudfront:CreateInvalidation'],
      'ErasePartnerLog.Arn': WRITE_LOG,
    });
  });

  it('lets authorize-origin read the secret of the edge, and nothing else', () => {
    expect(granted('AuthorizeOrigin')).toEqual({
      SecretsOrigin: READ_SECRET,
      'AuthorizeOriginLog.Arn': WRITE_LOG,
    });
  });

  it('lets rotate-origin-secret change that secret and this distribution, and nothing else', () => {
    expect(granted('RotateOriginSecret')).toEqual({
      SecretsOrigin: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      [DISTRIBUTION]: ['cloudfront:GetDistribution', 'cloudfront:UpdateDistribution'],
      'RotateOriginSecretLog.Arn': WRITE_LOG,
    });
  });

  it('lets rotate-origin-secret read the web ACL where there is one, which CloudFront asks for', () => {
    const { RotateOriginSecretRole } = resources(
      synthesise({ wafRequestsPer5Minutes: 1000 }),
      'AWS::IAM::Role',
    );

    expect(JSON.stringify(RotateOriginSecretRole)).toContain(
      '{"Action":"wafv2:GetWebACL","Effect":"Allow","Resource":{"Fn::GetStackOutput":',
    );
  });

  it('lets the schedule invoke its function, leave a dead letter, and nothing else', () => {
    expect(granted('Warming')).toEqual({
      WarmRecentLive: ['lambda:InvokeFunction'],
      'WarmingDeadLetters.Arn': SEND,
    });
  });

  it('lets CodeDeploy shift the aliases of releases, look at alarms, and nothing else', () => {
    const shift = [
      'lambda:GetAlias',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:UpdateAlias',
    ];
    const functions = [
      'ServePhoto',
      'PartnersApi',
      'ServeClient',
      'FetchPhoto',
      'WarmRecent',
      'ErasePartner',
      'AuthorizeOrigin',
    ];
    const aliases = functions.flatMap((id) => [
      [`${id}Function.Arn`, shift],
      [`${id}Function.Arn:live`, shift],
    ]);

    expect(granted('WatchReleases')).toEqual({
      ...Object.fromEntries(aliases),
      'arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:*': [
        'cloudwatch:DescribeAlarms',
      ],
    });
  });

  it('lets nobody but fetch-photo read the bot token', () => {
    expect(rolesThatMention('bot-token')).toEqual(['FetchPhotoRole']);
  });

  it('lets nobody but erase-partner list the bucket', () => {
    expect(rolesThatMention('s3:ListBucket')).toEqual(['ErasePartnerRole']);
  });

  it('grants through no role, managed policy or attached policy beyond these', () => {
    expect(Object.keys(roles).sort()).toEqual(GRANTEES.map((id) => `${id}Role`).sort());
    for (const role of Object.values(roles)) expect(role).not.toHaveProperty('ManagedPolicyArns');
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  it('has a wildcard in no action, and in no resource but the photos, the client’s files, the end of a secret’s name and the list of alarms', () => {
    const all = GRANTEES.map(granted);
    const actions = all.flatMap((byResource) => Object.values(byResource).flat());
    const wide = all.flatMap((byResource) => Object.keys(byResource)).map(withoutCondition);

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect([...new Set(wide.filter((resource) => /[*?]/.test(resource)))].sort()).toEqual([
      'PhotosBucket.Arn/avatars/*',
      'PhotosBucket.Arn/client/v1/*',
      'arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:*',
      'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:cameo/bot-token-??????',
    ]);
  });

  it('lets this distribution alone read the bucket', () => {
    const { PolicyDocument } =
      resources(template, 'AWS::S3::BucketPolicy').PhotosBucketPolicy ?? {};
    const allowed = statements(PolicyDocument).filter(({ Effect }) => Effect === 'Allow');

    expect(allowed).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: 'PhotosBucket.Arn/*',
        Condition: {
          StringEquals: {
            'AWS:SourceArn':
              'arn:AWS::Partition:cloudfront::AWS::AccountId:distribution/EdgeDistribution',
          },
        },
      },
    ]);
  });
});

/** What a role allows: actions by resource and condition. A statement that is no plain Allow fails the test. */
function granted(id: string): Record<string, string[]> {
  const byResource: Record<string, string[]> = {};
  const policies = roles[`${id}Role`]?.Policies as Properties[];
  for (const statement of policies.flatMap(({ PolicyDocument }) => statements(PolicyDocument))) {
    const { Effect, Action, Resource, Condition, ...rest } = statement;
    expect({ Effect, ...rest }).toEqual({ Effect: 'Allow' });
    const condition = Condition ? ` if ${JSON.stringify(Condition)}` : '';
    for (const resource of [Resource].flat()) {
      const key = `${resource}${condition}`;
      byResource[key] = [...(byResource[key] ?? []), ...[Action].flat()].sort();
    }
  }
  return byResource;
}

function withoutCondition(key: string): string {
  return key.replace(/ if .*$/, '');
}

function rolesThatMention(text: string): string[] {
  return Object.keys(roles).filter((role) => JSON.stringify(roles[role]).includes(text));
}

function statements(policyDocument: unknown): Statement[] {
  return (readable(policyDocument) as { Statement: Statement[] }).Statement;
}
