// Whose request is being worked on, in whatever is awaited for it. So neither the rules nor the adapters have to
// hand an id on that means nothing to them.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';

interface Ids {
  readonly requestId: string;
  readonly invocationId: string;
}

const current = new AsyncLocalStorage<Ids>();

/**
 * Does the work in the name of the request that began it: the invocation's own, or the one that a message came
 * with. What is sent and logged meanwhile bears that id.
 */
export function inNameOf<T>(requestId: string, { awsRequestId }: Context, work: () => T): T {
  return current.run({ requestId, invocationId: awsRequestId }, work);
}

/** The id of the request that is worked on; `undefined` where none is. */
export function currentRequestId(): string | undefined {
  return current.getStore()?.requestId;
}

/** Both ids as fields of a line in the log; that of the invocation by the name that Powertools has for it. */
export function idFields(): Readonly<Record<string, string>> {
  const ids = current.getStore();
  return ids ? { requestId: ids.requestId, function_request_id: ids.invocationId } : {};
}
