// The list of the page: the answer of `recent`, and the last one under the user who saw it, to be painted at once.

import type { RecentRecord } from '../core/types.ts';
import type { Authorizer } from './session.ts';

/** The sign-in is too old, or none: asking again does not help. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

const LIST_LENGTH = 20;
const PATIENCE_MS = 8_000;

const keptAs = (userId: string) => `cameo-demo-recent:${userId}`;

/** The list that this user saw last; undefined before the first. */
export function rememberedList(userId: string): readonly RecentRecord[] | undefined {
  try {
    return JSON.parse(localStorage.getItem(keptAs(userId)) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Asks for the list, and keeps it. Rejects with SignInRefused, or where there is no answer. */
export async function fetchList(
  userId: string,
  authorizationOf: Authorizer,
): Promise<readonly RecentRecord[]> {
  const authorization = await authorizationOf(userId);
  // Whoever comes for the first time joins, as a Mini App has it.
  if (!rememberedList(userId)) await call('POST', 'me', authorization);
  const answer = await call('GET', `recent?limit=${LIST_LENGTH}&inline=64`, authorization);
  const { partners } = (await answer.json()) as { partners: readonly RecentRecord[] };
  keep(userId, partners);
  return partners;
}

async function call(method: string, path: string, authorization: string): Promise<Response> {
  const response = await fetch(`/api/partner/${path}`, {
    method,
    headers: { authorization },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (response.status === 401) throw new SignInRefused();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response;
}

/** Without the pictures that came inline: the client keeps those. */
function keep(userId: string, partners: readonly RecentRecord[]): void {
  try {
    const list = partners.map(({ inline, ...partner }) => partner);
    localStorage.setItem(keptAs(userId), JSON.stringify(list));
  } catch {
    // The next visit waits for the answer.
  }
}
