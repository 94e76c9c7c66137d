// Many partners by their ids in one call; reading only, since nobody says that they are shown.

import { avatarIdOf, isAvatarId } from './avatar-id.ts';
import { type Partner, parseUserId } from './partner.ts';
import type { PartnerDirectory } from './ports.ts';

/** Most ids of one call. */
export const MAX_RESOLVED = 100;

/**
 * The partners behind user ids and avatar ids, in the order asked for; `undefined` where nobody is known.
 * Throws InvalidInput for an id that is neither.
 */
export async function resolvePartners(
  directory: Pick<PartnerDirectory, 'many'>,
  urlKey: string,
  ids: readonly string[],
): Promise<(Partner | undefined)[]> {
  const avatarIds = ids.map((id) => (isAvatarId(id) ? id : avatarIdOf(urlKey, parseUserId(id))));
  const partners = await directory.many([...new Set(avatarIds)]);
  return avatarIds.map((avatarId) => partners.get(avatarId));
}
