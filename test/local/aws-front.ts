// Another emulator for the tests: DynamoDB, S3 and SQS at one address, as LocalStack has them. It tells the
// services apart by what the SDK signs, and notes whose credentials are used.

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Emulators, startEmulators } from '../../local/emulators.ts';
import { closeServer, LOOPBACK, urlOf } from '../../local/loopback.ts';

/** A front and what it has seen. */
export interface AwsFront {
  readonly url: string;
  /** `service accessKeyId` of all requests, each once. */
  readonly callers: Set<string>;
  /** Operations such as `AmazonSQS.DeleteMessageBatch` that are answered with this, and not by the emulator. */
  readonly answers: Map<string, object>;
}

/** Starts emulators in the folder, and the front; they end with the test. */
export async function startAwsFront(dataDir: string): Promise<AwsFront> {
  const emulators = await startEmulators({ dataDir });
  onTestFinished(() => emulators.stop());
  const callers = new Set<string>();
  const answers = new Map<string, object>();
  const server = createServer((incoming, response) => {
    const [, accessKeyId, service = ''] =
      /Credential=([^/]+)\/[^/]+\/[^/]+\/([^/]+)\//.exec(incoming.headers.authorization ?? '') ??
      [];
    callers.add(`${service} ${accessKeyId}`);
    const answer = answers.get(String(incoming.headers['x-amz-target']));
    if (answer) response.end(JSON.stringify(answer));
    else forward(incoming, response, emulatorOf(service, emulators));
  });
  await new Promise<void>((listening) => server.listen(0, LOOPBACK, listening));
  onTestFinished(() => closeServer(server));
  return { url: urlOf(server), callers, answers };
}

function emulatorOf(service: string, { dynamodbUrl, s3Url, sqsUrl }: Emulators): URL {
  if (service === 'dynamodb') return new URL(dynamodbUrl);
  return new URL(service === 'sqs' ? sqsUrl : s3Url);
}

function forward(incoming: IncomingMessage, response: ServerResponse, emulator: URL): void {
  const { method, url: path, headers } = incoming;
  const onward = request(emulator, {
    method,
    path,
    headers: { ...headers, host: emulator.host },
    agent: false,
  });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
