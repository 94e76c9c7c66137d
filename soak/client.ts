// Whoever asks Cameo: every question is counted, and so is every answer that did not come.

import type { Answer, Asked } from '../bench/http-client.ts';
import { httpClient } from '../bench/http-client.ts';
import { sleep } from './clock.ts';
import type { System } from './system.ts';
import { isPaused, type Tally } from './tally.ts';

/** A request below the system's root, of a kind of the tally. */
export interface Question {
  readonly kind: string;
  readonly path: string;
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The clients of the system: viewers, and a backend with the service key. */
export interface Client {
  /** The answer, `undefined` where there is none. */
  ask(question: Question): Promise<Answer | undefined>;
  /** Asks until there is an answer, as a backend does that must not forget; waits as long as it is told to. */
  insist(question: Question): Promise<Answer>;
}

const MAX_CONNECTIONS = 64;
const RETRY_MS = 250;

/** Whether connections are kept when they have nothing to do: each is one of the process's open handles. */
export type Connections = 'keep-alive' | 'close';

/** A client of this system. */
export function createClient(
  system: System,
  serviceKey: string,
  tally: Tally,
  connection: Connections,
): Client {
  const http = httpClient(MAX_CONNECTIONS);

  async function ask({ kind, path, ...question }: Question): Promise<Answer | undefined> {
    const { kills } = system;
    const wasUp = system.isUp;
    const startedAt = performance.now();
    try {
      const asked = askedOf(path, question, { connection, authorization: `Bearer ${serviceKey}` });
      const answer = await http(system.url + path, asked);
      tally.answered(kind, answer, performance.now() - startedAt);
      return answer;
    } catch (error) {
      tally.unanswered(kind, !wasUp || system.kills > kills, String(error));
      return undefined;
    }
  }

  return {
    ask,
    async insist(question) {
      for (;;) {
        const answer = await ask(question);
        if (answer && !isPaused(answer) && answer.status < 500) return answer;
        await sleep(Number(answer?.headers['retry-after'] ?? 0) * 1000 || RETRY_MS);
      }
    },
  };
}

function askedOf(
  path: string,
  { method = 'GET', body, headers = {} }: Omit<Question, 'kind' | 'path'>,
  { connection, authorization }: { readonly connection: string; readonly authorization: string },
): Asked {
  const isPrivate = path.startsWith('/api/') && !path.startsWith('/api/partner/photo/');
  return {
    method,
    headers: {
      ...headers,
      connection,
      ...(isPrivate && { authorization }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  };
}
