import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { queueDepth } from '../../adapters/queue-depth.ts';
import { startWorld } from '../world.ts';

test('tells what waits, what somebody has in hand, and what is delayed', async () => {
  const { clients, resources, stop } = await startWorld();
  const QueueUrl = resources.queues.fetch.url;
  for (const DelaySeconds of [0, 0, 0, 900]) {
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'job', DelaySeconds }));
  }
  await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 2 }));

  const depth = await queueDepth(clients.sqs, QueueUrl);

  await stop();
  expect(depth).toEqual({ visible: 1, inFlight: 2, delayed: 1 });
});
