// The answer to a viewer. A hit never waits for anything but its own bytes; a miss is answered at once.

import type { PhotoVersion } from './avatar-url.ts';
import type { FetchJob } from './fetch-job.ts';
import { isDue, staleBeforeMs } from './freshness.ts';
import {
  type AskPorts,
  askForPhoto,
  type MissReason,
  type Placeholder,
  placeholderOf,
  placeholderOfStranger,
} from './miss.ts';
import { type Partner, type Photo, photoStateOf } from './partner.ts';
import type { PartnerTable, PhotoBucket } from './ports.ts';
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
export interface ServePorts extends AskPorts {
  readonly table: PartnerTable;
  readonly bucket: Pick<PhotoBucket, 'get'>;
  readonly memory: ServeMemory;
  /** Told of an outage that the viewer was spared. */
  readonly report: (error: unknown) => void;
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

// Twice per item read unit's worth of impatience: four reads a second and viewer, for five seconds at most.
const WAIT_POLL_MS = 250;

/** The strong ETag of a picture: known from the pointer, before any byte is read. */
export function etagOf(photoId: string, size: Size): string {
  return `"${photoId}-${size}"`;
}

/** Serves whatever photo the partner has now. */
export async function serveCurrentPhoto(
  ports: ServePorts,
  request: CurrentRequest,
): Promise<ServedPhoto> {
  const deadlineMs = ports.clock.nowMs() + request.waitMs;
  for (;;) {
    const served = await tryServe(ports, request);
    const pending = served.kind === 'miss' && served.reason === 'pending';
    if (!pending || ports.clock.nowMs() >= deadlineMs) return served;
    await ports.clock.sleep(Math.min(WAIT_POLL_MS, deadlineMs - ports.clock.nowMs()));
  }
}

/** Serves the bytes of one version from the bucket; `undefined` if it is not stored. */
export async function serveVersion(
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
    const partner = remembered ?? (await ports.table.get(avatarId));
    if (!partner) {
      return { kind: 'miss', reason: 'unknown', placeholder: placeholderOfStranger(avatarId) };
    }
    if (!partner.photo) return await serveMiss(ports, partner);
    const served = await serveStored(ports, request, partner, partner.photo);
    // A remembered pointer was read, and asked about, seconds ago.
    if (!remembered) await refreshIfDue(ports, partner);
    return served;
  } catch (error) {
    ports.report(error);
    return { kind: 'unavailable', placeholder: placeholderOfStranger(avatarId) };
  }
}

async function serveStored(
  ports: ServePorts,
  { size, ifNoneMatch }: CurrentRequest,
  partner: Partner,
  { photoId }: Photo,
): Promise<ServedPhoto> {
  ports.memory.rememberPartner(partner);
  const etag = etagOf(photoId, size);
  if (ifNoneMatch.includes(etag) || ifNoneMatch.includes('*'))
    return { kind: 'not-modified', etag };
  const found = await serveVersion(ports, { avatarId: partner.avatarId, photoId, size });
  if (found) return { kind: 'photo', etag, ...found };
  const reason = await askQuietly(ports, partner, {
    avatarId: partner.avatarId,
    checkedBeforeMs: ports.clock.nowMs(),
    lostPhotoId: photoId,
  });
  return { kind: 'miss', reason, placeholder: placeholderOf(partner) };
}

async function serveMiss(ports: ServePorts, partner: Partner): Promise<ServedPhoto> {
  const asked = await refreshIfDue(ports, partner);
  const reason = photoStateOf(partner) === 'none' ? 'none' : asked;
  return { kind: 'miss', reason, placeholder: placeholderOf(partner) };
}

async function refreshIfDue(ports: ServePorts, partner: Partner): Promise<'pending' | 'limited'> {
  const nowMs = ports.clock.nowMs();
  if (!isDue(partner, nowMs)) return 'pending';
  const { avatarId } = partner;
  return askQuietly(ports, partner, {
    avatarId,
    checkedBeforeMs: staleBeforeMs(avatarId, nowMs),
  });
}

/** Asking is for later viewers: if it fails, this one is still answered. */
async function askQuietly(
  ports: ServePorts,
  partner: Partner,
  job: FetchJob,
): Promise<'pending' | 'limited'> {
  try {
    await askForPhoto(ports, partner, job);
    return 'pending';
  } catch (error) {
    ports.report(error);
    return 'limited';
  }
}
