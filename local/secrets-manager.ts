// Secrets Manager as far as the handlers need it: GetSecretValue by name, in the service's own protocol.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running stand-in for Secrets Manager. */
export interface SecretsManager {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it on loopback; `secrets` are values by name. */
export async function startSecretsManager(
  secrets: ReadonlyMap<string, string>,
): Promise<SecretsManager> {
  const server = createServer((request, response) => {
    answer(secrets, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  secrets: ReadonlyMap<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const target = request.headers['x-amz-target'];
  if (target !== 'secretsmanager.GetSecretValue') {
    return send(response, 400, { __type: 'UnknownOperationException' });
  }
  const { SecretId: name } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const value = secrets.get(name);
  if (value === undefined) return send(response, 400, { __type: 'ResourceNotFoundException' });
  send(response, 200, { Name: name, SecretString: value });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
