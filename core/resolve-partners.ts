// Many partners by their ids in one call; reading only, since nobody says that they are shown.

import { avatarIdOf } from './avatar-id.ts';
import { isAvatarId } from './avatar-id-form.ts';
import { InvalidInput } from './errors.ts';
import { type Partner, parseUserId } from './partner.ts';
import type { PartnerDirectory } from './ports.ts';

/**
 * The partners behind user ids and avatar ids, in the order asked for; `undefined` where nobody is known.
 * Throws InvalidInput for an id that is neither.
 */
export async function resolvePartners(
  directory: Pick<PartnerDirectory, 'many'>,
  urlKey: string,
  ids: readonly string[],
): Promise<(Partner | undefined)[]> {
  const avatarIds = ids.map((id) => (isAvatarId(id) ? id : avatarIdOf(urlKey, userIdIn(id))));
  const partners = await directory.many([...new Set(avatarIds)]);
  return avatarIds.map((avatarId) => partners.get(avatarId));
}

function userIdIn(id: string): string {
  try {
    return parseUserId(id);
  } catch {
    throw new InvalidInput(
      `${JSON.stringify(id.slice(0, 40))} is neither a Telegram user id nor an avatarId: send 1 to 16 digits without a leading zero, such as 42, or 26 characters of a to z and 2 to 7.`,
    );
  }
}
