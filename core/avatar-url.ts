// Every path that Cameo serves is built and read here, each pair the inverse of the other.
// The path of a versioned photo without its first slash is its object key, so the edge reads S3 directly.

import { isAvatarId } from './avatar-id-form.ts';
import { DEFAULT_SIZE, parseSize, type Size } from './sizes.ts';

/** One stored picture: whose, which photo (Telegram's file_unique_id) and how wide. */
export interface PhotoVersion {
  readonly avatarId: string;
  readonly photoId: string;
  readonly size: Size;
}

// Telegram's ids are 14–20 characters today; the length is not promised, so only a sane end is put to it.
const PHOTO_ID = /^[A-Za-z0-9_-]{1,64}$/;
const PHOTO_FILE = /^(\d+)\.webp$/;

/** Whether the text can be a photoId. */
export function isPhotoId(text: string): boolean {
  return PHOTO_ID.test(text);
}

/** The object key of a stored picture. */
export function photoKey({ avatarId, photoId, size }: PhotoVersion): string {
  return `avatars/${avatarId}/${photoId}/${size}.webp`;
}

/** The path whose bytes never change. */
export function versionedPath(version: PhotoVersion): string {
  return `/${photoKey(version)}`;
}

/** Reads the parts of a versioned path (`file` is `150.webp`); `undefined` if they name nothing that can exist. */
export function parsePhotoVersion(
  avatarId: string,
  photoId: string,
  file: string,
): PhotoVersion | undefined {
  const size = parseSize(PHOTO_FILE.exec(file)?.[1] ?? '');
  if (!size || !isAvatarId(avatarId) || !isPhotoId(photoId)) return undefined;
  return { avatarId, photoId, size };
}

/** The path of whatever photo the partner has now. */
export function currentPath(avatarId: string, size: Size): string {
  return size === DEFAULT_SIZE ? `/avatars/${avatarId}` : `/avatars/${avatarId}?size=${size}`;
}

/**
 * CloudFront invalidation paths of all that shows a partner's photo: every version and size, under every query.
 * No avatarId begins with another one, since all are equally long.
 */
export function evictionPaths(avatarId: string): readonly string[] {
  return [`/avatars/${avatarId}*`, `/api/partner/photo/${avatarId}*`];
}

/** The path of the placeholder with these initials (may be empty) on peer colour 0–6. */
export function placeholderPath(colour: number, initials: string): string {
  return `/placeholders/${colour}/${encodeURIComponent(initials || NO_INITIALS)}.svg`;
}

/** Reads the parts of a placeholder path (`file` is `AB.svg`, decoded). */
export function parsePlaceholder(
  colour: string,
  file: string,
): { colour: number; initials: string } | undefined {
  const initials = /^(.+)\.svg$/su.exec(file)?.[1];
  if (!/^[0-6]$/.test(colour) || !initials) return undefined;
  return { colour: Number(colour), initials: initials === NO_INITIALS ? '' : initials };
}

const NO_INITIALS = '_';
