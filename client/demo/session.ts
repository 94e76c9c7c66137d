// Who is signed in: the user that Telegram names, or on one machine an account of local mode's.

import type { Launch } from './launch.ts';
import { type Account, type LocalSignIn, NoSuchButton, press } from './local-actions.ts';

/** A signed-in user. */
export interface Session {
  readonly userId: string;
  /** Whom one can change to; nobody in Telegram, where the app itself does that. */
  readonly accounts: readonly Account[];
  /** Whether there is a stand-in with buttons. */
  readonly hasButtons: boolean;
}

const KEPT_AS = 'cameo-demo-session';

/** Well below the shortest age that an operator can set for a sign-in, which is a minute. */
const SIGNED_FOR_MS = 30_000;

/** The session that can be told without asking: Telegram's, or the last one here; undefined at a first visit. */
export function rememberedSession(launch: Launch | undefined): Session | undefined {
  if (launch) return { userId: launch.userId, accounts: [], hasButtons: false };
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Signs an account of local mode in, the first where none is named; undefined where this is no local mode. */
export async function signInLocally(
  userId?: string,
): Promise<(LocalSignIn & { session: Session }) | undefined> {
  try {
    const answer = await press<LocalSignIn>(
      'sign-in',
      userId === undefined ? undefined : { userId },
    );
    const session = {
      userId: answer.userId,
      accounts: answer.accounts,
      hasButtons: answer.standIn !== null,
    };
    keep(session);
    return { ...answer, session };
  } catch (error) {
    if (error instanceof NoSuchButton) return undefined;
    throw error;
  }
}

/** Gives a user's Authorization header, signed anew where Telegram's is not there to be used. */
export type Authorizer = (userId: string) => Promise<string>;

/** Makes one; in Telegram there is one user, whom nobody else can be taken for. */
export function authorizer(launch: Launch | undefined): Authorizer {
  let signed: { userId: string; atMs: number; header: string } | undefined;
  return async (userId) => {
    if (launch) return `tma ${launch.initData}`;
    if (signed?.userId === userId && Date.now() - signed.atMs < SIGNED_FOR_MS) return signed.header;
    const atMs = Date.now();
    const answer = await signInLocally(userId);
    if (!answer) throw new Error('Nobody is here to sign in.');
    signed = { userId, atMs, header: `tma ${answer.initData}` };
    return signed.header;
  };
}

function keep(session: Session): void {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(session));
  } catch {
    // A full or forbidden store costs the next visit a moment.
  }
}
