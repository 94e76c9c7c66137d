// A partner as the JSON routes tell of one.

import { currentPath, versionedPath } from './avatar-url.ts';
import { initialsOf } from './initials.ts';
import { type Partner, type PhotoState, photoStateOf } from './partner.ts';
import { peerColourOf } from './peer-colour.ts';
import { SIZES, type Size } from './sizes.ts';

/** The public record: absolute URLs by width, versioned once the photo is known. */
export interface PartnerRecord {
  readonly userId: string;
  readonly avatarId: string;
  readonly photoId: string | null;
  readonly state: PhotoState;
  readonly urls: Readonly<Record<Size, string>>;
  /** The photo as a 16 px WebP data URI. */
  readonly lqip: string | null;
  readonly name: string;
  readonly username: string | null;
  readonly initials: string;
  /** Telegram's peer colour, 0–6. */
  readonly colour: number;
  /** When Telegram last answered, ISO 8601. */
  readonly checkedAt: string | null;
}

/** A record of the recent list; `inline` is the 64 px photo as a data URI, for the first ones and where asked for. */
export interface RecentRecord extends PartnerRecord {
  readonly inline?: string | null;
}

/** Most ids of one `resolve`. */
export const MAX_RESOLVED = 100;

/** What `resolve` answers for an id that nobody is known by. */
export interface UnknownRecord {
  readonly id: string;
  readonly state: 'unknown';
}

/** The record of a partner; `origin` is scheme and host of the CDN, without a slash at the end. */
export function partnerRecord(partner: Partner, origin: string): PartnerRecord {
  const { userId, avatarId, firstName, lastName, username, photo, checkedAtMs } = partner;
  return {
    userId,
    avatarId,
    photoId: photo?.photoId ?? null,
    state: photoStateOf(partner),
    urls: urlsOf(partner, origin),
    lqip: photo?.lqip ?? null,
    name: lastName ? `${firstName} ${lastName}` : firstName,
    username: username ?? null,
    initials: initialsOf(firstName, lastName),
    colour: peerColourOf(userId),
    checkedAt: checkedAtMs === undefined ? null : new Date(checkedAtMs).toISOString(),
  };
}

function urlsOf({ avatarId, photo }: Partner, origin: string): Record<Size, string> {
  const pathOf = (size: Size) =>
    photo ? versionedPath({ avatarId, photoId: photo.photoId, size }) : currentPath(avatarId, size);
  return Object.fromEntries(SIZES.map((size) => [size, origin + pathOf(size)])) as Record<
    Size,
    string
  >;
}
