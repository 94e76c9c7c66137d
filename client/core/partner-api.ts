// The one call of the API. A sign-in that was refused is not tried twice.

import type { PartnerRecord, UnknownRecord } from '../../core/partner-record.ts';
import { Failure, request } from './request.ts';
import type { AvatarClientOptions } from './types.ts';

/** Resolves ids, at most 100 of them. Throws a Failure, one without a message where nothing was asked. */
export type Resolve = (
  ids: readonly string[],
) => Promise<readonly (PartnerRecord | UnknownRecord)[]>;

/** Makes the call; `onCall` is told of each, `onRefused` once of each Authorization that the API refused. */
export function partnerApi(
  { endpoint, getAuthorization }: Pick<AvatarClientOptions, 'endpoint' | 'getAuthorization'>,
  ended: AbortSignal,
  onCall: () => void,
  onRefused: (status: number) => void,
): Resolve {
  let refused: string | undefined;

  return async (ids) => {
    let authorization: string;
    try {
      authorization = await getAuthorization();
    } catch {
      throw new Failure('authorization');
    }
    if (authorization === refused) throw new Failure('');
    onCall();
    const init = {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ ids }),
    };
    try {
      return await request(`${endpoint}/api/partner/resolve`, init, ended, async (response) => {
        const { partners } = await response.json();
        if (Array.isArray(partners)) return partners;
        throw new Failure('type');
      });
    } catch (error) {
      const { message } = error as Failure;
      if (/^40[13]$/.test(message) && authorization !== refused) {
        refused = authorization;
        onRefused(Number(message));
      }
      throw error;
    }
  };
}
