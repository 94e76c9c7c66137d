// The door of the partner routes: who may come in, by which scheme of the Authorization header.

import type { Secret } from '../adapters/secret.ts';
import { Unauthenticated } from '../core/errors.ts';
import type { Profile } from '../core/partner.ts';
import { requireServiceKey } from './bearer.ts';
import { Challenge, type Scheme } from './challenge.ts';
import type { HttpEvent } from './http-handler.ts';
import { initDataReader, type SignInRules } from './tma.ts';

/** The one or two keys of the operator's backend, and whose Mini App sign-ins are taken. */
export interface SignInOptions extends SignInRules {
  readonly serviceKeys: Pick<Secret, 'read'>;
}

/** Lets a request in, or throws Unauthenticated that names what the route takes. */
export interface SignIn {
  /** The operator's backend. */
  requireService(event: SignInEvent): Promise<void>;
  /** A Mini App's user, as Telegram knows it. */
  requireUser(event: SignInEvent): Promise<Profile>;
  /** The one or the other. */
  requireAnyone(event: SignInEvent): Promise<void>;
}

type SignInEvent = Pick<HttpEvent, 'headers'>;

/** Checks what follows the scheme. Throws Unauthenticated. */
type Check<Identity> = (credentials: string) => Promise<Identity> | Identity;

const EXAMPLES: Readonly<Record<Scheme, string>> = {
  tma: '`Authorization: tma <initData>`',
  Bearer: '`Authorization: Bearer <service key>`',
};

/** The door. */
export function createSignIn({ serviceKeys, ...rules }: SignInOptions): SignIn {
  const tma = initDataReader(rules);
  const bearer = async (given: string) => requireServiceKey(given, await serviceKeys.read());
  const anyone = door<unknown>({ tma, Bearer: bearer });
  return {
    requireService: door({ Bearer: bearer }),
    requireUser: door({ tma }),
    requireAnyone: async (event) => {
      await anyone(event);
    },
  };
}

function door<Identity>(checks: Readonly<Partial<Record<Scheme, Check<Identity>>>>) {
  const schemes = Object.keys(checks) as Scheme[];
  return async ({ headers }: SignInEvent): Promise<Identity> => {
    const [, given, credentials] = /^(\w+) +(\S+)$/.exec(headers.authorization ?? '') ?? [];
    // Schemes are compared without case (RFC 9110, 11.1).
    const scheme = schemes.find((known) => known.toLowerCase() === given?.toLowerCase());
    const check = scheme && checks[scheme];
    if (!check || credentials === undefined) throw new Challenge(taken(schemes), schemes);
    try {
      return await check(credentials);
    } catch (error) {
      if (error instanceof Unauthenticated) throw new Challenge(error.message, schemes);
      throw error;
    }
  };
}

function taken(schemes: readonly Scheme[]): string {
  return `This route takes ${schemes.map((scheme) => EXAMPLES[scheme]).join(' or ')}.`;
}
