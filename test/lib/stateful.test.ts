// What must not be made anew by an update that meant something else. CloudFormation knows a resource by its logical
// id, and the CDK makes that of the path of constructs: a rename, or a move into another construct, replaces it.

import { describe, expect, it } from 'vitest';
import { synthesise } from './synthesise.ts';

const template = synthesise();
const deployed: Record<string, { Type: string }> = template.toJSON().Resources;

const STATEFUL = [
  ['AWS::DynamoDB::Table', 'PartnersTable09644F66', 'the stack forgets who joined'],
  ['AWS::S3::Bucket', 'PhotosBucket4131342A', 'every photo is fetched from Telegram again'],
  ['AWS::SecretsManager::Secret', 'SecretsUrlKey5D02B116', 'every partner gets another URL'],
  [
    'AWS::SecretsManager::Secret',
    'SecretsServiceKey9211D5A7',
    'backends are refused until they are told',
  ],
  [
    'AWS::SecretsManager::Secret',
    'SecretsOrigin297BAAC6',
    'the API answers nobody until the edge has it',
  ],
  ['AWS::SQS::Queue', 'FetchesQueue79774A6F', 'photos that are waited for are asked for again'],
  ['AWS::SQS::Queue', 'FetchesDeadLettersC8B1C467', 'what failed is forgotten'],
  ['AWS::SQS::Queue', 'WarmFetchesQueue96B396D0', 'an import that is under way loses photos'],
  ['AWS::SQS::Queue', 'WarmFetchesDeadLetters712D4C67', 'what failed is forgotten'],
  ['AWS::SQS::Queue', 'ErasuresQueueAA2077AC', 'erasures under way are never done'],
  ['AWS::SQS::Queue', 'ErasuresDeadLetters96DF526B', 'erasures that failed are never done'],
  ['AWS::SQS::Queue', 'WarmingDeadLetters8FFAB1E0', 'failed runs are forgotten'],
  [
    'AWS::CloudFront::Distribution',
    'EdgeDistribution0060737B',
    'without a domain, every URL changes',
  ],
  // Lambda refuses a second mapping of the same queue, which an update would make before it deletes the first.
  ['AWS::Lambda::EventSourceMapping', 'FetchPhotoFunctionSourceA75E229B', 'the update fails'],
  ['AWS::Lambda::EventSourceMapping', 'FetchPhotoFunctionWarmSource691A2F73', 'the update fails'],
  ['AWS::Lambda::EventSourceMapping', 'ErasePartnerFunctionSource49192399', 'the update fails'],
] as const;

describe('what has state keeps its logical id', () => {
  it.each(STATEFUL)('%s %s, or else %s', (type, id, cost) => {
    expect(
      deployed[id]?.Type,
      `no ${id} any more: an update makes a new one, and ${cost}. Give it its old path back (overrideLogicalId).`,
    ).toBe(type);
  });

  it('and there is none that is not listed', () => {
    const types = new Set<string>(STATEFUL.map(([type]) => type));
    const found = Object.entries(deployed).filter(([, { Type }]) => types.has(Type));

    expect(found.map(([id]) => id).sort()).toEqual(STATEFUL.map(([, id]) => id).sort());
  });
});

it.each(['PartnersTable09644F66', 'PhotosBucket4131342A', 'SecretsUrlKey5D02B116'])(
  'keeps what it cannot get back, whatever becomes of the stack: %s',
  (id) => {
    expect(deployed[id]).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  },
);
