// The one call of the API. A sign-in that was refused is not tried twice.

import type { PartnerRecord, UnknownRecord } from '../../core/partner-record.ts';
import { Failure } from './failure.ts';
import { request } from './request.ts';
import type { AvatarClientOptions } from './types.ts';

/** Resolves ids, at most 100 of them, in their order. Throws a Failure. */
export type Resolve = (
  ids: readonly string[],
) => Promise<readonly (PartnerRecord | UnknownRecord)[]>;

/** Makes the call; `onRefused` is told once of each Authorization that the API refused. */
export function partnerApi(
  { endpoint, getAuthorization }: Pick<AvatarClientOptions, 'endpoint' | 'getAuthorization'>,
  ended: AbortSignal,
  onRefused: (status: number) => void,
): Resolve {
  let refused: string | undefined;

  return async (ids) => {
    const authorization = await authorizationOf(getAuthorization);
    if (authorization === refused) throw new Failure('');
    const init = {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ ids }),
    };
    try {
      return await request(`${endpoint}/api/partner/resolve`, init, ended, partnersIn);
    } catch (error) {
      const { code } = error as Failure;
      if ((code === '401' || code === '403') && authorization !== refused) {
        refused = authorization;
        onRefused(Number(code));
      }
      throw error;
    }
  };
}

async function authorizationOf(get: AvatarClientOptions['getAuthorization']): Promise<string> {
  try {
    return await get();
  } catch {
    throw new Failure('authorization');
  }
}

async function partnersIn(response: Response): Promise<(PartnerRecord | UnknownRecord)[]> {
  const { partners } = await response.json();
  if (!Array.isArray(partners)) throw new Failure('type');
  return partners;
}
