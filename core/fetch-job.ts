// The message that asks for one partner's photo.

/**
 * Asks for the photo of one partner unless Telegram was already asked at or after `checkedBeforeMs`.
 * Since a finished fetch moves the partner's check past that moment, the same message twice costs nothing.
 */
export interface FetchJob {
  readonly avatarId: string;
  /** Milliseconds since the epoch. */
  readonly checkedBeforeMs: number;
  /** A file_id that the operator's bot knows for the current photo: saves one call for a first photo. */
  readonly photoFileId?: string;
  /** A photo whose objects are gone from the bucket: stored again even if Telegram still has the same one. */
  readonly lostPhotoId?: string;
  /** A stored photo that Telegram did not show at the last look: if it does not now either, it is gone. */
  readonly missingPhotoId?: string;
}
