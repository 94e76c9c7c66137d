// Of whom on the page a feed of changes tells something new. No clock and no network: both come in.

import { type ChangeFeed, feedTag, photoText } from '../../core/change-feed.ts';

/** A partner on the page and the photo that the page knows of; a PartnerRecord is one. */
export interface ShownPartner {
  readonly avatarId: string;
  readonly photoId: string | null;
}

/** Reads a feed that came at `nowMs`; the avatarIds to ask for again. */
export type ChangeReader = (
  feed: ChangeFeed,
  shown: Iterable<ShownPartner>,
  nowMs: number,
) => Promise<string[]>;

// The writers' clocks, the index and the caches: so much later than it was made a change may first be listed.
const LATE_MS = 15_000;

// While more changes than a feed can list, as in an import, everybody is asked for as rarely as this.
const PATIENCE_MS = 60_000;

/**
 * Makes a reader of successive feeds. It tells of a change once, and not where the page knows that photo already; of
 * everybody, where the feed does not reach back to what was read before.
 */
export function changeReader(): ChangeReader {
  const toldAtMs = new Map<string, number>();
  // Those of the last feed: whoever was scrolled away is let go.
  let tags = new Map<string, Promise<string>>();
  let before = tags;
  let knownAtMs = Number.POSITIVE_INFINITY;

  function tagOf(text: string): Promise<string> {
    const tag = tags.get(text) ?? before.get(text) ?? hashed(text);
    tags.set(text, tag);
    return tag;
  }

  /** Never knows where there is no photo now: of somebody who was erased the name has to go, too. */
  async function isNews(changes: ChangeFeed['changes'], { avatarId, photoId }: ShownPartner) {
    const tag = await tagOf(avatarId);
    const change = changes.find(({ partner }) => partner === tag);
    if (!change || change.changedAtMs <= (toldAtMs.get(tag) ?? 0)) return false;
    toldAtMs.set(tag, change.changedAtMs);
    return change.photo !== (await tagOf(photoText(avatarId, photoId ?? '')));
  }

  return async ({ windowMs, changes }, shown, nowMs) => {
    before = tags;
    tags = new Map();
    const gapMs = nowMs - knownAtMs;
    const reachMs = windowMs - LATE_MS;
    const hasMissed = gapMs > Math.max(reachMs, PATIENCE_MS);
    if (hasMissed || gapMs <= reachMs) knownAtMs = nowMs;
    const changed = new Set<string>();
    for (const partner of shown) {
      if ((await isNews(changes, partner)) || hasMissed) changed.add(partner.avatarId);
    }
    return [...changed];
  };
}

async function hashed(text: string): Promise<string> {
  return feedTag(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
