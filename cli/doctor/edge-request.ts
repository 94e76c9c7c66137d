// A request to the edge as a browser makes it, with what the checks look at.

/** An answer, whole. */
export interface EdgeAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** From the request to the last byte, in milliseconds. */
  readonly ms: number;
  /** How far the answer's Date is ahead of this clock, in milliseconds; `undefined` without a Date. */
  readonly aheadMs: number | undefined;
}

// A Date has whole seconds: on the average it is half of one behind.
const DATE_TRUNCATION_MS = 500;

/** How far a server is ahead by the Date of an answer that was under way between two moments of this clock. */
export function aheadMs(date: string | null, fromMs: number, toMs: number): number | undefined {
  const ms = Date.parse(date ?? '') + DATE_TRUNCATION_MS - (fromMs + toMs) / 2;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Asks the edge as a page of `origin` does, or as no page; redirects are answers. Rejects with the network's error code alone in the message. */
export async function askEdge(url: string, origin?: string): Promise<EdgeAnswer> {
  const fromMs = Date.now();
  const from = performance.now();
  try {
    const { status, headers, ...response } = await receive(url, origin);
    const ms = performance.now() - from;
    const { bytes } = response;
    return {
      url,
      status,
      headers,
      bytes,
      ms,
      aheadMs: aheadMs(headers.get('date'), fromMs, Date.now()),
    };
  } catch (error) {
    throw new EdgeUnreachable(networkCodeOf(error), { cause: error });
  }
}

/** No answer came; the message is the code of the network's error. */
export class EdgeUnreachable extends Error {
  override readonly name = 'EdgeUnreachable';
}

// Longer than any check waits: the connection of a check that has given up is closed some time.
const GIVE_UP_MS = 10_000;

async function receive(url: string, origin: string | undefined) {
  const signal = AbortSignal.timeout(GIVE_UP_MS);
  const headers = origin ? { origin } : {};
  const response = await fetch(url, { redirect: 'manual', signal, headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

/** fetch hides the code in the causes of its error. */
function networkCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause ? networkCodeOf(error.cause) : error.name;
}
