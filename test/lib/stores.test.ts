import { describe, expect, it } from 'vitest';
import { defaults } from '../../core/operator-settings.ts';
import {
  table as declaredTable,
  ORIGIN_SECRET_HEADER,
  PHOTOS_PREFIX,
} from '../../core/topology.ts';
import { readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();

describe('the bucket of photos', () => {
  const bucket = resources(template, 'AWS::S3::Bucket').PhotosBucket;

  it('is the only bucket and can never be made public', () => {
    template.resourceCountIs('AWS::S3::Bucket', 1);
    expect(bucket).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(bucket).not.toHaveProperty('AccessControl');
    expect(bucket).not.toHaveProperty('WebsiteConfiguration');
  });

  it('is encrypted', () => {
    expect(bucket).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
    });
  });

  it('refuses everything that comes without TLS 1.2', () => {
    const policy = readable(resources(template, 'AWS::S3::BucketPolicy').PhotosBucketPolicy);
    const refusal = {
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:*',
      Resource: ['PhotosBucket.Arn', 'PhotosBucket.Arn/*'],
    };

    expect(policy).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          { ...refusal, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          { ...refusal, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
        ]),
      },
    });
  });

  it.each([
    ['the default', {}, defaults.photoRetentionDays],
    ['the operator’s', { photoRetentionDays: '7' }, 7],
  ])('drops photos after %s days and broken uploads after one', (_, context, days) => {
    const { PhotosBucket } = resources(synthesise(context), 'AWS::S3::Bucket');

    expect(PhotosBucket).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', Prefix: PHOTOS_PREFIX, ExpirationInDays: days },
          { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        ],
      },
    });
  });
});

describe('the partner table', () => {
  const table = resources(template, 'AWS::DynamoDB::Table').PartnersTable;

  it('has the declared key, an index of recent partners that holds keys alone, and one of changes with the photo', () => {
    const { recentIndex, changedIndex } = declaredTable;
    const keysOf = ({ partitionKey, sortKey }: typeof recentIndex | typeof changedIndex) => [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ];

    expect(table).toMatchObject({
      KeySchema: [{ AttributeName: declaredTable.key, KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: recentIndex.name,
          KeySchema: keysOf(recentIndex),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        {
          IndexName: changedIndex.name,
          KeySchema: keysOf(changedIndex),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['photoId'] },
        },
      ],
    });
  });

  it('drops an item when the declared attribute says so', () => {
    expect(table).toMatchObject({
      TimeToLiveSpecification: { AttributeName: declaredTable.expiry, Enabled: true },
    });
  });

  it('costs nothing when idle, is encrypted and can be restored to any second', () => {
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe('what outlives the stack', () => {
  it('is the partners, the photos and the URL key', () => {
    const kept = Object.entries(template.toJSON().Resources as Record<string, object>)
      .filter(
        ([, resource]) => 'DeletionPolicy' in resource && resource.DeletionPolicy === 'Retain',
      )
      .map(([id]) => id.slice(0, -8));

    expect(kept.sort()).toEqual(['PartnersTable', 'PhotosBucket', 'SecretsUrlKey']);
  });

  it('is nothing at all where the operator wants nothing left', () => {
    const { Resources } = synthesise({ removalPolicy: 'destroy' }).toJSON();
    // Versions go with their function.
    const all = Object.values<{ Type: string; DeletionPolicy?: string }>(Resources).filter(
      ({ Type }) => Type !== 'AWS::Lambda::Version',
    );

    expect(all.filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete')).toEqual([]);
    expect(all.filter(({ Type }) => Type === 'Custom::S3AutoDeleteObjects')).toHaveLength(1);
  });

  it('is no photo that was stored while the bucket was emptied: who stores goes first', () => {
    const set = synthesise({ removalPolicy: 'destroy' });
    const writers = Object.entries(set.findResources('AWS::Lambda::Function')).filter(
      ([, { DependsOn }]) => JSON.stringify(DependsOn ?? []).includes('AutoDeleteObjects'),
    );
    const mayStore = Object.entries(resources(set, 'AWS::IAM::Role')).filter(([, role]) =>
      JSON.stringify(role).includes('s3:PutObject'),
    );

    expect(mayStore.map(([id]) => id)).toEqual(['ServeClientRole', 'FetchPhotoRole']);
    for (const name of ['ServeClient', 'FetchPhoto']) {
      const written = expect.stringMatching(new RegExp(`^${name}Function`));
      expect(writers.map(([id]) => id)).toContainEqual(written);
    }
  });

  it('is no log of the function that empties the bucket, either', () => {
    const set = synthesise({ removalPolicy: 'destroy' });
    const logs = Object.values(resources(set, 'AWS::Lambda::Function')).map(
      ({ LoggingConfig }) =>
        (readable(LoggingConfig) as { LogGroup?: string } | undefined)?.LogGroup,
    );

    expect(logs).toContain('PhotosEmptierLog');
    expect(Object.keys(resources(set, 'AWS::Logs::LogGroup'))).toEqual(
      expect.arrayContaining(logs),
    );
  });

  it('never gets a new URL key: another logical id or other parameters would generate one', () => {
    const urlKey = template.findResources('AWS::SecretsManager::Secret').SecretsUrlKey5D02B116;

    expect(urlKey).toMatchObject({
      Properties: { GenerateSecretString: { ExcludePunctuation: true, PasswordLength: 64 } },
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'Retain',
    });
  });
});

describe('the secrets', () => {
  it('are generated by AWS or stored by the operator: no value is in the template', () => {
    const secrets = resources(template, 'AWS::SecretsManager::Secret');

    expect(Object.keys(secrets).sort()).toEqual([
      'SecretsOrigin',
      'SecretsServiceKey',
      'SecretsUrlKey',
    ]);
    for (const secret of Object.values(secrets)) expect(secret).not.toHaveProperty('SecretString');
  });

  it('are put in by CloudFormation in one place alone: what the distribution sends to the API', () => {
    const { Resources } = template.toJSON();
    const resolved = Object.entries<object>(Resources).filter(([, resource]) =>
      JSON.stringify(resource).includes('{{resolve:'),
    );
    const [[id, edge] = []] = resolved;

    expect(resolved).toHaveLength(1);
    expect(id).toMatch(/^EdgeDistribution/);
    expect(JSON.stringify(edge).match(/\{\{resolve:/g)).toHaveLength(1);
    expect(JSON.stringify(edge)).toContain(
      `"HeaderName":"${ORIGIN_SECRET_HEADER}","HeaderValue":{"Fn::Join":["",["{{resolve:secretsmanager:",{"Ref":"SecretsOrigin`,
    );
  });
});
