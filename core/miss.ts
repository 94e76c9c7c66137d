// A miss: what is answered when there is no photo to serve.

import { initialsOf } from './initials.ts';
import type { Partner } from './partner.ts';
import { peerColourOf, strangerColourOf } from './peer-colour.ts';

/**
 * Why a placeholder is shown. `pending`: on its way. `none`: Telegram has nothing to show.
 * `unknown`: no such partner. `limited`: the photo could not be asked for just now.
 */
export type MissReason = 'pending' | 'none' | 'unknown' | 'limited';

/** Seconds for which a placeholder may be cached: as short as its reason may end. */
export const MISS_LIFETIME_SECONDS: Readonly<Record<MissReason, number>> = {
  pending: 2,
  none: 300,
  unknown: 60,
  limited: 10,
};

/** The face shown for a miss: peer colour 0–6 and initials, which may be empty. */
export interface Placeholder {
  readonly colour: number;
  readonly initials: string;
}

/** The placeholder of a known partner. */
export function placeholderOf(partner: Partner): Placeholder {
  return {
    colour: peerColourOf(partner.userId),
    initials: initialsOf(partner.firstName, partner.lastName),
  };
}

/** The placeholder of an avatarId that nobody is known by. */
export function placeholderOfStranger(avatarId: string): Placeholder {
  return { colour: strangerColourOf(avatarId), initials: '' };
}
