// What the public feed of changed photos says, and by which tags it names a partner and a photo without telling
// either: only whoever knows an avatarId can work its tag out.

/** A photo that became another one, the first one, or none. */
export interface PhotoChange {
  /** `feedTag` of the avatarId. */
  readonly partner: string;
  /** `feedTag` of `photoText`; null where there is no photo now. */
  readonly photo: string | null;
  readonly changedAtMs: number;
}

/** The answer of `GET /api/partner/changes`: every change of the last `windowMs` milliseconds, newest first. */
export interface ChangeFeed {
  readonly windowMs: number;
  readonly changes: readonly PhotoChange[];
}

/** The text whose tag names a photo of a partner: nobody who does not know the partner can make it. */
export function photoText(avatarId: string, photoId: string): string {
  return `${avatarId}/${photoId}`;
}

/** The tag of a text, by the SHA-256 of it: the first 64 bits in base 36. */
export function feedTag(sha256: ArrayBuffer): string {
  return new DataView(sha256).getBigUint64(0).toString(36);
}
