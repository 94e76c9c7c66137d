// Bytes of pictures out of the network, and into something that paints without a wait. Nothing but a photo of a kind
// that runs no script becomes an object URL.

import { edgeOf } from './edge.ts';
import { Failure, request } from './request.ts';
import { serviceWorkers } from './service-workers.ts';
import type { AvatarSource } from './types.ts';

const PHOTO_TYPE = /^image\/(webp|avif|jpeg|png)$/;

/** A picture as it is kept on the disk. */
export interface StoredPicture {
  readonly type: string;
  readonly bytes: ArrayBuffer;
}

/** A picture as it came. */
export interface FetchedPicture extends StoredPicture {
  readonly source: AvatarSource;
  readonly edge: 'hits' | 'misses' | undefined;
  /** The photo that the ETag names: it is `"{photoId}-{size}"`. */
  readonly photoId: string | undefined;
  /** Whether a service worker keeps it. */
  readonly isKept: boolean;
}

/** Fetches a photo. Throws a Failure: `type` for what is none, such as the placeholder behind a redirect. */
export function fetchPicture(
  url: string,
  ended: AbortSignal,
  priority: RequestPriority,
): Promise<FetchedPicture> {
  const startedAtMs = performance.now();
  return request(url, { priority }, ended, async (response) => {
    const { headers } = response;
    const type = headers.get('content-type') ?? '';
    if (response.redirected || !PHOTO_TYPE.test(type)) throw new Failure('type');
    const bytes = await response.arrayBuffer();
    const worker = headers.get('x-cameo-worker');
    return {
      type,
      bytes,
      source: sourceOf(worker, url, startedAtMs),
      edge: edgeOf(headers),
      photoId: /"(.+)-\d+"/.exec(headers.get('etag') ?? '')?.[1],
      isKept: worker !== null,
    };
  });
}

function sourceOf(worker: string | null, url: string, startedAtMs: number): AvatarSource {
  if (worker) return worker === 'cache' ? 'service-worker' : 'network';
  // Bytes without a transfer; a page whose buffer of timings is full has none, and it counts as network.
  const timing = performance.getEntriesByName(url).at(-1) as PerformanceResourceTiming | undefined;
  const isCached =
    timing && timing.startTime >= startedAtMs && timing.decodedBodySize && !timing.transferSize;
  return isCached ? 'http-cache' : 'network';
}

/** A picture with its pixels. The image is held so that they stay, and a new `<img>` is complete in its first frame. */
export interface DecodedPicture {
  readonly url: string;
  readonly image: HTMLImageElement;
}

/** Makes an object URL whose pixels are there. Throws a Failure for bytes that are no picture. */
export async function decodePicture({ type, bytes }: StoredPicture): Promise<DecodedPicture> {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  try {
    const before = workerOfPage();
    let image = await loadImage(url);
    // See keep-available.ts: it was not in memory yet when the worker came.
    if (workerOfPage() !== before) image = await loadImage(url);
    return { url, image };
  } catch {
    URL.revokeObjectURL(url);
    throw new Failure('decode');
  }
}

async function loadImage(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

const workerOfPage = () => serviceWorkers()?.controller;

/** Whether an object URL still leads to a picture: WebKit may let go of one that it has no room for. */
export function isThere(url: string): Promise<boolean> {
  return loadImage(url).then(
    () => true,
    () => false,
  );
}

/** Reads a base64 data URI; `undefined` unless it is a photo. */
export function inlinePicture(uri: string): StoredPicture | undefined {
  const [, type = '', base64 = ''] = /^data:(.+);base64,(.+)$/.exec(uri) ?? [];
  if (!PHOTO_TYPE.test(type)) return undefined;
  return { type, bytes: Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)).buffer };
}
