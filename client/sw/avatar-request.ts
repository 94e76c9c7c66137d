// Which requests the worker answers: only those whose answer never changes and may be kept.

import { type PhotoVersion, parsePhotoVersion } from '../../core/avatar-url.ts';

const VERSIONED_PATH = /^\/avatars\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** The stored picture that an URL of any origin names; `undefined` for the current photo, the API and all else. */
export function photoVersionOf({ pathname, search }: URL): PhotoVersion | undefined {
  const [, avatarId = '', photoId = '', file = ''] = VERSIONED_PATH.exec(pathname) ?? [];
  return search ? undefined : parsePhotoVersion(avatarId, photoId, file);
}

/** What is asked for, and how. */
export interface PictureRequest {
  readonly url: URL;
  readonly request: Pick<Request, 'mode' | 'headers'>;
  readonly sameOrigin: boolean;
}

/**
 * Whether a request is for a whole versioned picture and its answer can be read. Of another origin that takes CORS: an
 * opaque answer hides its status and its type, and 130 bytes of it are charged to the quota as 11 MB.
 */
export function isPictureRequest({ url, request, sameOrigin }: PictureRequest): boolean {
  const isReadable = request.mode === 'cors' || (sameOrigin && request.mode === 'no-cors');
  return isReadable && !request.headers.has('range') && photoVersionOf(url) !== undefined;
}
