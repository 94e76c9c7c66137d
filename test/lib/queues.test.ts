import { describe, expect, it } from 'vitest';
import { LEASE_MARGIN_MS } from '../../core/lease.ts';
import { functions, MESSAGE_RETENTION_DAYS, queues } from '../../core/topology.ts';
import { readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const deployed = resources(template, 'AWS::SQS::Queue');

describe.each(Object.values(queues))('the queue of $consumer', (declaration) => {
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
  it('are the declared one and its dead-letter queue', () => {
    expect(readable(deployed)).toEqual({
      FetchesQueue: {
        VisibilityTimeout: queues.fetch.visibilityTimeoutSeconds,
        RedrivePolicy: {
          deadLetterTargetArn: 'FetchesDeadLetters.Arn',
          maxReceiveCount: queues.fetch.maxReceiveCount,
        },
        MessageRetentionPeriod: MESSAGE_RETENTION_DAYS * 24 * 60 * 60,
        SqsManagedSseEnabled: true,
      },
      FetchesDeadLetters: {
        MessageRetentionPeriod: MESSAGE_RETENTION_DAYS * 24 * 60 * 60,
        SqsManagedSseEnabled: true,
      },
    });
    expect(Object.keys(queues)).toEqual(['fetch']);
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

    expect(policies).toMatchObject({
      FetchesQueuePolicy: refusal('FetchesQueue'),
      FetchesDeadLettersPolicy: refusal('FetchesDeadLetters'),
    });
  });

  it('feed their consumer in the declared batches, bounded, and take back what failed alone', () => {
    const sources = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping'));

    expect(readable(sources)).toEqual([
      {
        EventSourceArn: 'FetchesQueue.Arn',
        FunctionName: 'FetchPhotoFunction',
        BatchSize: queues.fetch.batchSize,
        ScalingConfig: { MaximumConcurrency: queues.fetch.maximumConcurrency },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    ]);
  });
});
