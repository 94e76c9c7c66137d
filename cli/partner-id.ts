// Who a command is about: a Telegram user id, or the avatarId that an URL or a log names.

import { avatarIdOf } from '../core/avatar-id.ts';
import { isAvatarId } from '../core/avatar-id-form.ts';
import { InvalidInput } from '../core/errors.ts';
import { parseUserId } from '../core/partner.ts';
import type { Deployment } from './deployment.ts';
import { Mistake } from './mistake.ts';
import { secretValue } from './secret-value.ts';

/** The avatarId of a user of this Cameo. Throws Mistake. */
export async function avatarIdIn(deployment: Deployment, userId: string): Promise<string> {
  return avatarIdOf(await secretValue(deployment, 'UrlKeySecretName'), userId);
}

/** Reads a user id. Throws Mistake. */
export function userIdOf(text: string): string {
  try {
    return parseUserId(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Mistake(
      `${JSON.stringify(text.slice(0, 40))} is no Telegram user id: give 1 to 16 digits without a leading zero, such as 42.`,
      { cause: error },
    );
  }
}

/** The avatarId that a user id or an avatarId means. Throws Mistake. */
export async function avatarIdMeant(deployment: Deployment, given: string): Promise<string> {
  return isAvatarId(given) ? given : avatarIdIn(deployment, userIdOf(given));
}
