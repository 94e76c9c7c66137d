// Cameo's HTTP API as the command line speaks to it: registers behind every viewer, looks for who has arrived, and
// erases.

import * as v from 'valibot';
import { NOT_FOUND_TITLE, PAUSED_TITLE } from '../core/errors.ts';
import { codeOf, Mistake } from './mistake.ts';
import { retryAfterMs } from './retry.ts';
import type { User } from './user-line.ts';

/** What is read of a partner's record; `id` and `unknown` are those of an id that nobody has. */
export type RecordSeen = v.InferOutput<typeof recordSchema>;

/**
 * An answer: `refused` can never work, `paused` is the fleet's pause, `outage` is worth another try, after
 * `askedForMs` if the server says so.
 */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'paused'; readonly forMs: number }
  | { readonly kind: 'outage'; readonly reason: string; readonly askedForMs: number };

/** What is read of an erasure's receipt; `objects` are the pictures that were deleted so far. */
export type ReceiptSeen = v.InferOutput<typeof receiptSchema>;

/** All methods throw Mistake where the address is not a Cameo's or the key is not its. */
export interface CameoApi {
  /** Registers a user, and asks for the photo where nobody waits. */
  register(user: User): Promise<Answer<RecordSeen>>;
  /** What is known of these ids, {@link MAX_RESOLVED} at most, in their order. */
  resolve(userIds: readonly string[]): Promise<Answer<readonly RecordSeen[]>>;
  /** Begins to erase a user; the receipt's id. */
  erase(userId: string): Promise<Answer<{ readonly erasureId: string }>>;
  receipt(erasureId: string): Promise<Answer<ReceiptSeen>>;
}

/** Where the API is, and with what key; `keySource` says where the key is from, for a person. */
export interface Access {
  /** Scheme, host and port, without a slash at the end. */
  readonly url: string;
  readonly serviceKey: string;
  readonly keySource: string;
  /** How long an answer of Telegram's is good there; by default where only the address is known. */
  readonly refreshAgeMs: number;
}

const recordSchema = v.object({
  state: v.picklist(['pending', 'stored', 'none', 'unknown']),
  avatarId: v.optional(v.string(), ''),
  checkedAt: v.optional(v.nullable(v.string()), null),
});

const resolvedSchema = v.object({ partners: v.array(recordSchema) });

const erasingSchema = v.object({ erasureId: v.string() });

const receiptSchema = v.object({
  erasureId: v.string(),
  state: v.picklist(['pending', 'done']),
  requestedAt: v.string(),
  completedAt: v.nullable(v.string()),
  objects: v.number(),
});

const problemSchema = v.object({ title: v.string(), detail: v.string() });

// The functions have ten seconds (core/topology.ts); an answer after that would come from nobody.
const TIMEOUT_MS = 15_000;

// Answers of a server that is there, but is no Cameo, or not at this address.
const WRONG_ADDRESS = [301, 302, 303, 307, 308, 404, 405];

/** The API over Node's fetch. */
export function cameoApi(access: Access, nowMs: () => number): CameoApi {
  const send = async <Schema extends v.GenericSchema>(
    method: string,
    path: string,
    schema: Schema,
    body?: object,
  ): Promise<Answer<v.InferOutput<Schema>>> => {
    try {
      const response = await fetch(`${access.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${access.serviceKey}`,
          'content-type': 'application/json',
        },
        ...(body && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return answerOf(access, response, await response.text(), schema, nowMs());
    } catch (error) {
      if (error instanceof Mistake) throw error;
      return { kind: 'outage', reason: networkReason(access, error), askedForMs: 0 };
    }
  };
  return {
    register: ({ userId, ...profile }) =>
      send('PUT', `/api/partner/${userId}?warm=1`, recordSchema, profile),
    resolve: async (ids) => {
      const answer = await send('POST', '/api/partner/resolve', resolvedSchema, { ids });
      return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.partners } : answer;
    },
    erase: (userId) => send('DELETE', `/api/partner/${userId}`, erasingSchema),
    receipt: (erasureId) => send('GET', `/api/partner/erasures/${erasureId}`, receiptSchema),
  };
}

function answerOf<Schema extends v.GenericSchema>(
  access: Access,
  { status, headers }: Response,
  body: string,
  schema: Schema,
  nowMs: number,
): Answer<v.InferOutput<Schema>> {
  const waitMs = retryAfterMs(headers.get('retry-after'), nowMs);
  // Any other 503 is an outage, which is not to be waited out for ever.
  if (status === 503 && waitMs !== undefined && problemOf(body)?.title === PAUSED_TITLE) {
    return { kind: 'paused', forMs: waitMs };
  }
  if (status === 429 || status === 408 || status >= 500) {
    return { kind: 'outage', reason: `${access.url} answers ${status}`, askedForMs: waitMs ?? 0 };
  }
  if (status === 401 || status === 403) throw wrongKey(access, status);
  // A Cameo says in its own words that it does not know somebody.
  const isUnknown = status === 404 && problemOf(body)?.title === NOT_FOUND_TITLE;
  if (WRONG_ADDRESS.includes(status) && !isUnknown) throw wrongAddress(access, status);
  if (status >= 400) return { kind: 'refused', reason: refusalOf(status, body) };
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), body);
  if (!success) throw wrongAddress(access, status);
  return { kind: 'ok', value: output };
}

function wrongKey({ url, keySource }: Access, status: number): Mistake {
  return new Mistake(
    `${url} refuses the service key of ${keySource} (${status}): set CAMEO_SERVICE_KEY to the key of this Cameo, or wait five minutes after a change of the key.`,
  );
}

function wrongAddress({ url }: Access, status: number): Mistake {
  return new Mistake(
    `${url} does not answer as Cameo does (${status}): give the address of your Cameo in --url or CAMEO_URL.`,
  );
}

function networkReason({ url }: Access, error: unknown): string {
  // fetch says "fetch failed" of everything, and of what in its cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error && !('code' in cause) ? cause.message : codeOf(cause);
  return `${url} does not answer (${why})`;
}

const MAX_REASON_LENGTH = 300;

function refusalOf(status: number, body: string): string {
  const problem = problemOf(body);
  return `${status}${problem ? `: ${problem.detail.slice(0, MAX_REASON_LENGTH)}` : ''}`;
}

function problemOf(body: string): v.InferOutput<typeof problemSchema> | undefined {
  const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), problemSchema), body);
  return success ? output : undefined;
}
