// A partner as the rules see one: who it is, which photo is stored, and when Telegram was last asked.

import { InvalidInput } from './errors.ts';
import { USER_ID } from './user-id-form.ts';

/** What is known of a Telegram user. `userId` is a decimal string; `firstName` is empty where only the id is known. */
export interface Profile {
  readonly userId: string;
  readonly firstName: string;
  readonly lastName?: string;
  readonly username?: string;
}

/** What is said of a partner when it registers; without a firstName the profile stays as it is known. */
export type Registration = Profile | Pick<Profile, 'userId'>;

/** A stored photo: Telegram's id of it and its 16 px WebP as a data URI. */
export interface Photo {
  readonly photoId: string;
  readonly lqip: string;
}

/** A partner; times are milliseconds since the epoch. */
export interface Partner extends Profile {
  readonly avatarId: string;
  readonly joinedAtMs: number;
  readonly photo?: Photo;
  /** A photo that `photo` has replaced and whose objects may not be deleted yet. */
  readonly replacedPhotoId?: string;
  /** When Telegram last answered for this partner; absent until it first did. */
  readonly checkedAtMs?: number;
  /** Until when the right to enqueue a fetch is taken; absent when it is free. */
  readonly claimedUntilMs?: number;
  /** When the partner was erased, who came back before that was over; until it is, no lease is given. */
  readonly erasingSinceMs?: number;
}

/** `pending` until Telegram first answered; afterwards whether it has a photo that can be shown. */
export type PhotoState = 'pending' | 'stored' | 'none';

/** The state of a partner's photo. */
export function photoStateOf(partner: Pick<Partner, 'photo' | 'checkedAtMs'>): PhotoState {
  if (partner.photo) return 'stored';
  return partner.checkedAtMs === undefined ? 'pending' : 'none';
}

/** Reads a userId. Throws InvalidInput unless it is a positive decimal number as Telegram gives them. */
export function parseUserId(text: string): string {
  if (USER_ID.test(text)) return text;
  throw new InvalidInput(
    `userId ${JSON.stringify(text.slice(0, 40))} is not a Telegram user id: send 1 to 16 digits without a leading zero, such as 42.`,
  );
}
