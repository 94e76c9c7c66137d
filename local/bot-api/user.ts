// One user's profile photos: the rule that gives each id its first photo, and what a user can do.
// A serial is never used twice for a user, so a photo that is gone never lends its ids to another.
import {
  isPhotograph,
  PHOTOGRAPHS,
  type Photograph,
  photographAt,
  photographBytes,
  type Width,
} from './photographs.ts';

/** One uploaded profile photo: a photograph, or bytes of its own that stand for all three sizes. */
export interface Upload {
  readonly serial: number;
  readonly picture: Photograph | Buffer;
}

/** A user's uploads, newest first; the newest is the photo that others see. */
export interface User {
  readonly hidden: boolean;
  readonly nextSerial: number;
  readonly uploads: readonly Upload[];
}

const NO_PHOTO: User = { hidden: false, nextSerial: 0, uploads: [] };

/** False for the ids that end in `0404`: Telegram does not know these users. */
export function isKnown(userId: number): boolean {
  return userId % 10_000 !== 404;
}

/** The user before any change: no photo if the id ends in `0`, else the photograph `id mod 8`. */
export function initialUser(userId: number): User {
  if (userId % 10 === 0 || !isKnown(userId)) return NO_PHOTO;
  return withPhoto(NO_PHOTO, photographAt(userId));
}

/** The user with a new photo in front of the older ones. */
export function withPhoto(user: User, picture: Photograph | Buffer): User {
  const upload = { serial: user.nextSerial, picture };
  return { ...user, nextSerial: user.nextSerial + 1, uploads: [upload, ...user.uploads] };
}

/** The user with the photograph that follows the newest one in the list. */
export function withNextPhoto(user: User): User {
  const newest = user.uploads[0]?.picture;
  return withPhoto(
    user,
    photographAt(isPhotograph(newest) ? PHOTOGRAPHS.indexOf(newest) + 1 : user.nextSerial),
  );
}

/** The user without the newest photo; the one before it comes back, with the ids that it had. */
export function withoutNewestPhoto(user: User): User {
  return { ...user, uploads: user.uploads.slice(1) };
}

/** What others can see: nothing when the user hides the photos. */
export function visibleUploads(user: User): readonly Upload[] {
  return user.hidden ? [] : user.uploads;
}

/** The bytes of an upload at a width in pixels. */
export function uploadBytes(upload: Upload, width: Width): Buffer {
  return isPhotograph(upload.picture) ? photographBytes(upload.picture, width) : upload.picture;
}
