// Secrets Manager as far as the handlers need it: GetSecretValue by name, in the service's own protocol.
// What it holds is worth more than all else here, so it is reachable as the emulators are: loopback.ts.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { closeServer, listenOnLoopback } from './loopback.ts';
import { readText } from './read-text.ts';

/** A running stand-in for Secrets Manager. */
export interface SecretsManager {
  readonly url: string;
  stop(): Promise<void>;
}

// A request names one secret: a name has 512 characters at most (CreateSecret's reference).
const MAX_BODY_BYTES = 16 * 1024;

const requestSchema = v.pipe(v.string(), v.parseJson(), v.object({ SecretId: v.string() }));

/** Starts it on loopback; `secrets` are values by name. */
export async function startSecretsManager(
  secrets: ReadonlyMap<string, string>,
): Promise<SecretsManager> {
  const server = createServer((request, response) => {
    // What rejects here is the reading from a caller who has left; nobody waits for an answer.
    answer(secrets, request, response).catch(() => response.destroy());
  });
  return { url: await listenOnLoopback(server), stop: () => closeServer(server) };
}

async function answer(
  secrets: ReadonlyMap<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readText(request, MAX_BODY_BYTES);
  if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
    return send(response, 400, { __type: 'UnknownOperationException' });
  }
  const { success, output } = v.safeParse(requestSchema, body);
  if (!success) return send(response, 400, { __type: 'SerializationException' });
  const { SecretId: name } = output;
  const value = secrets.get(name);
  if (value === undefined) return send(response, 400, { __type: 'ResourceNotFoundException' });
  send(response, 200, { Name: name, SecretString: value });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
