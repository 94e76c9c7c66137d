// The answer to a viewer. A miss is answered at once; a hit waits for its pointer and its bytes, and once a
// day for asking whether the photo is still the same.

import { askIfDue, askQuietly, type QuietAskPorts } from './ask-for-photo.ts';
import type { PhotoVersion } from './avatar-url.ts';
import { type MissReason, type Placeholder, placeholderOf, placeholderOfStranger } from './miss.ts';
import { type Partner, type Photo, photoStateOf } from './partner.ts';
import type { Clock, PartnerTable, PhotoBucket } from './ports.ts';
import type { Size } from './sizes.ts';

/** What was found; `tier` says where the bytes came from. */
export type ServedPhoto =
  | {
      readonly kind: 'photo';
      readonly webp: Uint8Array;
      readonly etag: string;
      readonly tier: Tier;
    }
  | { readonly kind: 'not-modified'; readonly etag: string }
  | { readonly kind: 'miss'; readonly reason: MissReason; readonly placeholder: Placeholder }
  /** The table or the bucket did not answer: whoever holds an older copy should show that. */
  | { readonly kind: 'unavailable'; readonly placeholder: Placeholder };

/** `memory`: this instance had it; `s3`: the bucket was read. */
export type Tier = 'memory' | 's3';

/** What an instance remembers between requests: pointers for seconds, photos for as long as there is room. */
export interface ServeMemory {
  partner(avatarId: string): Partner | undefined;
  rememberPartner(partner: Partner): void;
  photo(version: PhotoVersion): Uint8Array | undefined;
  rememberPhoto(version: PhotoVersion, webp: Uint8Array): void;
}

/** What serving needs of the outside. */
export interface ServePorts extends QuietAskPorts {
  readonly table: PartnerTable;
  readonly bucket: Pick<PhotoBucket, 'get'>;
  readonly memory: ServeMemory;
  readonly clock: Clock;
}

/** A viewer's request for the current photo. */
export interface CurrentRequest {
  readonly avatarId: string;
  readonly size: Size;
  /** ETags that the viewer holds, as in If-None-Match. */
  readonly ifNoneMatch: readonly string[];
  /** Milliseconds to hold a pending answer for the real photo. */
  readonly waitMs: number;
}

// While a viewer waits, the table is read again after a tenth of the time waited so far, so that the photo is
// about that much late, within bounds that keep five seconds at about forty reads.
const POLL_SHARE = 0.1;
const MIN_POLL_MS = 25;
const MAX_POLL_MS = 250;

// How long after a check a photo that is gone from the bucket is not asked for again.
const LOST_AGE_MS = 10 * 60 * 1000;

/** The strong ETag of a picture: known from the pointer, before any byte is read. */
export function etagOf(photoId: string, size: Size): string {
  return `"${photoId}-${size}"`;
}

/** Serves whatever photo the partner has now. */
export async function serveCurrentPhoto(
  ports: ServePorts,
  request: CurrentRequest,
): Promise<ServedPhoto> {
  const startedAtMs = ports.clock.nowMs();
  for (;;) {
    const served = await tryServe(ports, request);
    const waitedMs = ports.clock.nowMs() - startedAtMs;
    const pending = served.kind === 'miss' && served.reason === 'pending';
    if (!pending || waitedMs >= request.waitMs) return served;
    const pollMs = Math.min(Math.max(MIN_POLL_MS, waitedMs * POLL_SHARE), MAX_POLL_MS);
    await ports.clock.sleep(Math.min(pollMs, request.waitMs - waitedMs));
  }
}

/** The bytes of the version that the pointer names; only the pointer says that a photo may still be shown. */
async function bytesOf(
  { memory, bucket }: Pick<ServePorts, 'memory' | 'bucket'>,
  version: PhotoVersion,
): Promise<{ webp: Uint8Array; tier: Tier } | undefined> {
  const remembered = memory.photo(version);
  if (remembered) return { webp: remembered, tier: 'memory' };
  const webp = await bucket.get(version);
  if (!webp) return undefined;
  memory.rememberPhoto(version, webp);
  return { webp, tier: 's3' };
}

async function tryServe(ports: ServePorts, request: CurrentRequest): Promise<ServedPhoto> {
  const { avatarId } = request;
  try {
    const remembered = ports.memory.partner(avatarId);
    const served = remembered && (await serveStored(ports, request, remembered));
    // Nothing served: a photo that was replaced a moment ago, so the pointer has to be read after all.
    return served ?? (await serveFromTable(ports, request));
  } catch (error) {
    await ports.report(error);
    return { kind: 'unavailable', placeholder: placeholderOfStranger(avatarId) };
  }
}

async function serveFromTable(ports: ServePorts, request: CurrentRequest): Promise<ServedPhoto> {
  const { avatarId } = request;
  const partner = await ports.table.get(avatarId);
  if (!partner) {
    return { kind: 'miss', reason: 'unknown', placeholder: placeholderOfStranger(avatarId) };
  }
  if (!partner.photo) return serveMiss(ports, partner);
  const served = await serveStored(ports, request, partner);
  if (!served) return serveLost(ports, partner, partner.photo);
  ports.memory.rememberPartner(partner);
  await askIfDue(ports, partner);
  return served;
}

/** The partner's photo, or `undefined` if its bytes are not there. */
async function serveStored(
  ports: ServePorts,
  { size, ifNoneMatch }: CurrentRequest,
  { avatarId, photo }: Partner,
): Promise<ServedPhoto | undefined> {
  if (!photo) return undefined;
  const etag = etagOf(photo.photoId, size);
  if (ifNoneMatch.includes(etag) || ifNoneMatch.includes('*')) {
    return { kind: 'not-modified', etag };
  }
  const found = await bytesOf(ports, { avatarId, photoId: photo.photoId, size });
  return found && { kind: 'photo', etag, ...found };
}

/**
 * The bucket has dropped what the pointer names: it is stored again even if Telegram still has the same. Not
 * at every view, though: where storing does not help, a check of the last minutes was the answer.
 */
async function serveLost(
  ports: ServePorts,
  partner: Partner,
  { photoId }: Photo,
): Promise<ServedPhoto> {
  const { avatarId, checkedAtMs = 0 } = partner;
  const checkedBeforeMs = ports.clock.nowMs() - LOST_AGE_MS;
  const job = { avatarId, checkedBeforeMs, lostPhotoId: photoId };
  const reason = checkedAtMs < checkedBeforeMs ? await askQuietly(ports, partner, job) : 'limited';
  return { kind: 'miss', reason, placeholder: placeholderOf(partner) };
}

async function serveMiss(ports: ServePorts, partner: Partner): Promise<ServedPhoto> {
  const asked = await askIfDue(ports, partner);
  const reason = photoStateOf(partner) === 'none' ? 'none' : asked;
  return { kind: 'miss', reason, placeholder: placeholderOf(partner) };
}
