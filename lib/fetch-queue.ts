// A queue as core/topology.ts declares it: what fails too often ends in its dead-letter queue, never in nothing.

import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MESSAGE_RETENTION_DAYS, type QueueDeclaration } from '../core/topology.ts';

const SAFE: QueueProps = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(MESSAGE_RETENTION_DAYS),
};

/**
 * Creates a queue and its dead-letter queue, encrypted and TLS only; grants nothing.
 * Stateful for as long as messages wait; replacing it loses them, and the next viewer asks again.
 */
export class FetchQueue extends Construct {
  readonly queue: Queue;
  readonly #declaration: QueueDeclaration;

  constructor(scope: Construct, id: string, declaration: QueueDeclaration) {
    super(scope, id);
    this.#declaration = declaration;
    const deadLetters = new Queue(this, 'DeadLetters', SAFE);
    this.queue = new Queue(this, 'Queue', {
      ...SAFE,
      visibilityTimeout: Duration.seconds(declaration.visibilityTimeoutSeconds),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: declaration.maxReceiveCount },
    });
  }

  /** Lets the queue invoke its consumer; the consumer's own permissions must include reading the queue. */
  feed(consumer: IFunction): void {
    consumer.addEventSourceMapping('Source', {
      eventSourceArn: this.queue.queueArn,
      batchSize: this.#declaration.batchSize,
      maxConcurrency: this.#declaration.maximumConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
