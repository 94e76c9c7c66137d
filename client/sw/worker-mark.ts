// Every picture that the worker answers says so: the page then keeps no copy of its own, and counts where it came from.

/** Where the worker had a picture from. */
export type WorkerSource = 'cache' | 'network';

/** The response header that the page reads. */
const WORKER_MARK = 'X-Cameo-Worker';

/**
 * The same response with the mark. A page's request of another origin sees of a worker's answer what that answer
 * exposes, so all that the worker itself was let to see is exposed again. An opaque answer stays what it is.
 */
export function marked(response: Response, source: WorkerSource): Response {
  if (response.status === 0) return response;
  return withHeaders(response, (headers) => {
    headers.set(WORKER_MARK, source);
    headers.set('Access-Control-Expose-Headers', [...headers.keys()].join(', '));
  });
}

/** The same response with other headers; its body goes over to the new one. */
export function withHeaders(response: Response, change: (headers: Headers) => void): Response {
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  change(headers);
  return new Response(body, { status, statusText, headers });
}
