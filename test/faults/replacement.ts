// A photo that is replaced at Telegram, and what of the old and the new one is stored meanwhile.

import { SIZES } from '../../core/sizes.ts';
import type { Fleet, StoredPartner } from './fleet.ts';

/** A partner as stored before, and the id of the photo at Telegram. */
export interface Replacement {
  readonly before: StoredPartner;
  readonly newPhotoId: string;
}

/** What a partner has: the pointer, whether it was looked at again, and how many pictures of each photo there are. */
export interface Shown {
  readonly photoId: string | undefined;
  readonly isChecked: boolean;
  readonly old: number;
  readonly new: number;
}

/** Whose photo is another one at Telegram now, and is asked for: the old one stands until the new one is stored. */
export async function changed(fleet: Fleet): Promise<Replacement> {
  const before = await fleet.storedPartner();
  const newPhotoId = await fleet.change(before);
  await fleet.ask(before);
  return { before, newPhotoId };
}

/** What a partner has: the pointer, and how many of each photo's pictures are in the bucket. */
export async function shownOf(fleet: Fleet, { before, newPhotoId }: Replacement): Promise<Shown> {
  const { photo, checkedAtMs } = (await fleet.stored(before)) ?? {};
  return {
    photoId: photo?.photoId,
    isChecked: checkedAtMs !== before.checkedAtMs,
    old: await fleet.objectsOf(before, before.photo.photoId),
    new: await fleet.objectsOf(before, newPhotoId),
  };
}

/** What is shown while the old photo stands, and nobody has looked. */
export const untouched = ({ before }: Replacement): Shown => ({
  photoId: before.photo.photoId,
  isChecked: false,
  old: SIZES.length,
  new: 0,
});

/** What is shown when the new photo is stored. */
export const replaced = ({ newPhotoId }: Replacement): Shown => ({
  photoId: newPhotoId,
  isChecked: true,
  old: 0,
  new: SIZES.length,
});
