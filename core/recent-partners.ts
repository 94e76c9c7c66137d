// The newest partners as a list to paint at once; what it lacks is asked for, once for the whole list.

import { askForAllDue, type QuietAskPorts } from './ask-for-photo.ts';
import type { Partner } from './partner.ts';
import type { PartnerDirectory, PhotoBucket } from './ports.ts';
import { INLINE_SIZE } from './sizes.ts';

/** Most partners of one list. */
export const MAX_RECENT = 50;

// A phone shows about four rows before anything else is painted, and each costs a read of the bucket.
const INLINED = 4;

/** What the list needs of the outside. */
export interface RecentPorts extends QuietAskPorts {
  readonly directory: Pick<PartnerDirectory, 'newest'>;
  readonly bucket: Pick<PhotoBucket, 'get'>;
}

/** A partner of the list; `inline` is the photo as a data URI, or null where none was asked for or is there. */
export interface RecentPartner {
  readonly partner: Partner;
  readonly inline: string | null;
}

/** The newest partners, newest first; the first four with their bytes if `inlined`. */
export async function recentPartners(
  ports: RecentPorts,
  limit: number,
  inlined: boolean,
): Promise<RecentPartner[]> {
  const partners = await ports.directory.newest(limit);
  const [inline] = await Promise.all([
    Promise.all(partners.slice(0, inlined ? INLINED : 0).map((one) => inlineOf(ports, one))),
    askQuietlyForAll(ports, partners),
  ]);
  return partners.map((partner, index) => ({ partner, inline: inline[index] ?? null }));
}

/** The list is right without these bytes, so a bucket that is down costs no more than them. */
async function inlineOf(
  { bucket, report }: RecentPorts,
  { avatarId, photo }: Partner,
): Promise<string | null> {
  if (!photo) return null;
  try {
    const webp = await bucket.get({ avatarId, photoId: photo.photoId, size: INLINE_SIZE });
    return webp ? `data:image/webp;base64,${Buffer.from(webp).toString('base64')}` : null;
  } catch (error) {
    await report(error);
    return null;
  }
}

async function askQuietlyForAll(ports: RecentPorts, partners: readonly Partner[]): Promise<void> {
  try {
    await askForAllDue(ports, partners);
  } catch (error) {
    await ports.report(error);
  }
}
