// Every request of the client: bounded in time, without cookies, its errors translated.

// Longer than the five seconds that the server may hold a picture that is on its way.
const TIMEOUT_MS = 15_000;

/** A request that brought nothing. Its message is an HTTP status, or `network`, `timeout`, `type`, `decode`, `authorization`. */
export class Failure extends Error {
  override readonly name = 'Failure';
  /** What the server says of it: when to come back (Retry-After), and which miss it is (X-Avatar). */
  readonly headers: Headers | undefined;

  constructor(code: string, headers?: Headers) {
    super(code);
    this.headers = headers;
  }
}

/** Sends a request and reads its answer. Throws a Failure for one that is no success. */
export async function request<Answer>(
  url: string,
  init: RequestInit,
  ended: AbortSignal,
  read: (response: Response) => Promise<Answer>,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  // Safari has `any` since 17.4; before that, what is under way at a logout ends by itself and is dropped.
  const signal = AbortSignal.any?.([ended, timeout]) ?? timeout;
  try {
    const response = await fetch(url, { ...init, credentials: 'omit', signal });
    if (response.ok) return await read(response);
    throw new Failure(`${response.status}`, response.headers);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(timeout.aborted ? 'timeout' : 'network');
  }
}
