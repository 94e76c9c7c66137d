import { describe, expect, it } from 'vitest';
import { LEASE_MARGIN_MS } from '../../core/lease.ts';
import { functions, MESSAGE_RETENTION_DAYS, queues } from '../../core/topology.ts';
import { readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const deployed = resources(template, 'AWS::SQS::Queue');

const QUEUES = [
  ['Fetches', queues.fetch],
  ['WarmFetches', queues.warm],
  ['Erasures', queues.erase],
] as const;

describe.each(Object.entries(queues))('the %s queue', (_, declaration) => {
  const timeoutSeconds = functions[declaration.consumer].timeoutSeconds;

  it('hides a message for at least six times its consumer’s time-out', () => {
    expect(declaration.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(6 * timeoutSeconds);
  });

  it('hides a message for longer than any lease, so that a redelivery finds the lease over', () => {
    const longestLeaseMs = timeoutSeconds * 1_000 + LEASE_MARGIN_MS;

    expect(declaration.visibilityTimeoutSeconds * 1_000).toBeGreaterThan(longestLeaseMs);
  });

  it('gives a lease that outlives the invocation that holds it', () => {
    expect(LEASE_MARGIN_MS).toBeGreaterThan(0);
  });

  it('is declared with an event source that SQS accepts', () => {
    expect(declaration.maximumConcurrency).toBeGreaterThanOrEqual(2);
    expect(declaration.batchSize).toBeLessThanOrEqual(10);
  });
});

describe('the deployed queues', () => {
  it('are the declared ones, each with its dead-letter queue, and that of the schedule', () => {
    const kept = {
      MessageRetentionPeriod: MESSAGE_RETENTION_DAYS * 24 * 60 * 60,
      SqsManagedSseEnabled: true,
    };
    const declared = QUEUES.flatMap(([id, { visibilityTimeoutSeconds, maxReceiveCount }]) => [
      [
        `${id}Queue`,
        {
          ...kept,
          VisibilityTimeout: visibilityTimeoutSeconds,
          RedrivePolicy: { deadLetterTargetArn: `${id}DeadLetters.Arn`, maxReceiveCount },
        },
      ],
      [`${id}DeadLetters`, kept],
    ]);

    expect(readable(deployed)).toEqual({
      ...Object.fromEntries(declared),
      WarmingDeadLetters: kept,
    });
    expect(QUEUES).toHaveLength(Object.keys(queues).length);
  });

  it('refuse everything that comes without TLS', () => {
    const policies = readable(resources(template, 'AWS::SQS::QueuePolicy'));
    const refusal = (queue: string) => ({
      Queues: [queue],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'sqs:*',
            Resource: `${queue}.Arn`,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });

    expect(Object.keys(deployed)).toHaveLength(7);
    expect(policies).toMatchObject(
      Object.fromEntries(Object.keys(deployed).map((id) => [`${id}Policy`, refusal(id)])),
    );
  });

  it('feed their consumer in the declared batches, bounded, and take back what failed alone', () => {
    const sources = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping'));
    // The function's name is the seventh part of its alias's ARN.
    const consumers = {
      fetchPhoto: 'FetchPhotoLive[6]:live',
      erasePartner: 'ErasePartnerLive[6]:live',
    };
    const declared = QUEUES.map(([id, { consumer, batchSize, maximumConcurrency }]) => ({
      EventSourceArn: `${id}Queue.Arn`,
      FunctionName: consumers[consumer],
      BatchSize: batchSize,
      ScalingConfig: { MaximumConcurrency: maximumConcurrency },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }));

    expect(readable(sources)).toHaveLength(declared.length);
    expect(readable(sources)).toEqual(expect.arrayContaining(declared));
  });
});
