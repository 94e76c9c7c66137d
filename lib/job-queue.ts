// A queue as core/topology.ts declares it: what fails too often ends in its dead-letter queue, never in nothing.

import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MESSAGE_RETENTION_DAYS, type QueueDeclaration } from '../core/topology.ts';
import type { LambdaFunction } from './lambda-function.ts';

/** What every queue of the stack is, dead-letter queues included: encrypted, TLS only, patient. */
export const SAFE_QUEUE: QueueProps = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(MESSAGE_RETENTION_DAYS),
};

/**
 * Creates a queue and its dead-letter queue, encrypted and TLS only; grants nothing.
 * Stateful for as long as messages wait; replacing it loses them: the next viewer asks again for a photo,
 * and an erasure has to be asked for again.
 */
export class JobQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly #declaration: QueueDeclaration;

  constructor(scope: Construct, id: string, declaration: QueueDeclaration) {
    super(scope, id);
    this.#declaration = declaration;
    this.deadLetters = new Queue(this, 'DeadLetters', SAFE_QUEUE);
    this.queue = new Queue(this, 'Queue', {
      ...SAFE_QUEUE,
      visibilityTimeout: Duration.seconds(declaration.visibilityTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: declaration.maxReceiveCount },
    });
  }

  /**
   * Lets the queue invoke its consumer, whose own permissions must include reading the queue. `id` is the
   * mapping's within the function and has to stay: Lambda refuses a second mapping of the same pair, which
   * is what another id would make before the first is deleted. For the same reason the mapping is the function's
   * child, though it feeds the alias: where it leads is updated in place, and nothing reads the queue twice.
   */
  feed(consumer: LambdaFunction<never>, id: string): void {
    new EventSourceMapping(consumer.function, id, {
      target: consumer.live,
      eventSourceArn: this.queue.queueArn,
      batchSize: this.#declaration.batchSize,
      maxConcurrency: this.#declaration.maximumConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
