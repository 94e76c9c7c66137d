// A photo that is on its way is at the address of the current one as soon as it is there, and its ETag names it: no call is
// needed to learn of it.

import { versionedPath } from '../../core/avatar-url.ts';
import type { PartnerRecord, UnknownRecord } from '../../core/partner-record.ts';
import { SIZES, type Size } from '../../core/sizes.ts';
import type { FetchedPicture } from './pictures.ts';
import { Failure } from './request.ts';

/** What waiting needs of the session. */
export interface WaitContext {
  fetch(url: string): Promise<FetchedPicture>;
  /** Shows a picture as that of a partner. */
  show(partner: PartnerRecord, fetched: FetchedPicture): Promise<void>;
  learn(told: readonly (PartnerRecord | UnknownRecord)[]): void;
}

/** Asks once, for as long as the server waits; throws a Failure if the photo is still on its way. */
export async function waitForPhoto(
  partner: PartnerRecord,
  size: Size,
  { fetch, show, learn }: WaitContext,
): Promise<void> {
  const { avatarId, urls } = partner;
  const url = new URL(urls[size]);
  url.searchParams.set('d', '404');
  url.searchParams.set('wait', '5');
  try {
    const fetched = await fetch(url.href);
    const { photoId } = fetched;
    // Which photo it is, somebody on the way took out.
    if (!photoId) throw new Failure('type');
    const versioned = SIZES.map((each) => [
      each,
      url.origin + versionedPath({ avatarId, photoId, size: each }),
    ]);
    const stored: PartnerRecord = {
      ...partner,
      state: 'stored',
      photoId,
      urls: Object.fromEntries(versioned),
    };
    await show(stored, fetched);
    learn([stored]);
  } catch (error) {
    const miss = (error as Failure).headers?.get('x-avatar');
    if (miss === 'none') learn([{ ...partner, state: miss }]);
    else if (miss === 'unknown') learn([{ id: avatarId, state: miss }]);
    else throw error;
  }
}
