// DynamoDB, S3 and SQS in a process of their own, so that Cameo's processor time can be told from theirs.
// Local mode takes one address for all of them, so a relay stands before the two servers.

import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEmulators } from '../../local/emulators.ts';
import { answerParent } from '../helper.ts';

/** The folder for their state. */
export interface EmulatorsQuestion {
  readonly dataDir: string;
}

/** The one address. */
export type EmulatorsAnswer = string;

answerParent<EmulatorsQuestion, EmulatorsAnswer>(async (question) => {
  const { dynamodbUrl, s3Url } = await startEmulators(question);
  const agent = new Agent({ keepAlive: true });
  const relay = createServer((incoming, answer) => {
    const isDynamoDb = String(incoming.headers['x-amz-target']).startsWith('DynamoDB_');
    pass(incoming, answer, new URL(isDynamoDb ? dynamodbUrl : s3Url), agent);
  });
  await new Promise<void>((resolve) => {
    relay.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;
});

function pass(incoming: IncomingMessage, answer: ServerResponse, to: URL, agent: Agent): void {
  const { method, url, headers } = incoming;
  const outgoing = request(
    {
      host: to.hostname,
      port: to.port,
      agent,
      method,
      path: url,
      headers: { ...headers, host: to.host },
    },
    (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    },
  );
  outgoing.on('error', () => answer.destroy());
  // A long poll whose caller has gone must not take the next message.
  answer.once('close', () => {
    if (!answer.writableFinished) outgoing.destroy();
  });
  incoming.pipe(outgoing);
}
