import { describe, expect, it } from 'vitest';
import { type Properties, readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const roles = resources(template, 'AWS::IAM::Role');

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: unknown;
}

describe('least privilege', () => {
  it('lets serve-photo read partners and photos, claim a fetch, ask for it, and nothing else', () => {
    expect(granted('ServePhoto')).toEqual({
      'PartnersTable.Arn': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      'PhotosBucket.Arn/avatars/*': ['s3:GetObject'],
      'FetchesQueue.Arn': ['sqs:SendMessage'],
      'ServePhotoLog.Arn': ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
  });

  it('lets partners register, ask for a fetch, read its two keys, and nothing else', () => {
    expect(granted('PartnersApi')).toEqual({
      'PartnersTable.Arn': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      'FetchesQueue.Arn': ['sqs:SendMessage'],
      SecretsUrlKey: ['secretsmanager:GetSecretValue'],
      SecretsServiceKey: ['secretsmanager:GetSecretValue'],
      'PartnersApiLog.Arn': ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
  });

  it('lets fetch-photo lease, store and remove photos, work its queue, read the bot token, and nothing else', () => {
    expect(granted('FetchPhoto')).toEqual({
      'PartnersTable.Arn': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      'PhotosBucket.Arn/avatars/*': ['s3:DeleteObject', 's3:PutObject'],
      'FetchesQueue.Arn': [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
      'arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:cameo/bot-token-??????':
        ['secretsmanager:GetSecretValue'],
      'FetchPhotoLog.Arn': ['logs:CreateLogStream', 'logs:PutLogEvents'],
    });
  });

  it('lets nobody but fetch-photo read the bot token', () => {
    const readers = Object.keys(roles).filter((role) =>
      JSON.stringify(roles[role]).includes('bot-token'),
    );

    expect(readers).toEqual(['FetchPhotoRole']);
  });

  it('grants through no role, managed policy or attached policy beyond these', () => {
    expect(Object.keys(roles).sort()).toEqual([
      'FetchPhotoRole',
      'PartnersApiRole',
      'ServePhotoRole',
    ]);
    for (const role of Object.values(roles)) expect(role).not.toHaveProperty('ManagedPolicyArns');
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  it('has a wildcard in no action', () => {
    const actions = ['ServePhoto', 'PartnersApi', 'FetchPhoto'].flatMap((id) =>
      Object.values(granted(id)).flat(),
    );

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
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

/** What a function's role allows: actions by resource. A statement that is not a plain Allow fails the test. */
function granted(id: string): Record<string, string[]> {
  const byResource: Record<string, string[]> = {};
  const policies = roles[`${id}Role`]?.Policies as Properties[];
  for (const statement of policies.flatMap(({ PolicyDocument }) => statements(PolicyDocument))) {
    expect(statement).toEqual({
      Effect: 'Allow',
      Action: expect.anything(),
      Resource: expect.anything(),
    });
    for (const resource of [statement.Resource].flat()) {
      byResource[resource] = [...(byResource[resource] ?? []), ...[statement.Action].flat()].sort();
    }
  }
  return byResource;
}

function statements(policyDocument: unknown): Statement[] {
  return (readable(policyDocument) as { Statement: Statement[] }).Statement;
}
