// Bytes of pictures out of the network, and into something that paints without a wait. Nothing but a photo of a kind
// that runs no script becomes an object URL.

import { edgeOf } from './edge.ts';
import { Failure } from './failure.ts';
import { request } from './request.ts';
import type { AvatarSource } from './types.ts';

const PHOTO_TYPE = /^image\/(?:webp|avif|jpeg|png)(?![^;\s])/;

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
    const type = PHOTO_TYPE.exec(headers.get('content-type') ?? '')?.[0];
    if (!type || response.redirected) throw new Failure('type');
    const bytes = await response.arrayBuffer();
    const worker = headers.get('x-cameo-worker');
    const source = worker === 'cache' ? 'service-worker' : 'network';
    return {
      type,
      bytes,
      source: !worker && isFromHttpCache(url, startedAtMs) ? 'http-cache' : source,
      edge: edgeOf(headers),
      photoId: /^(?:W\/)?"(.+)-\d+"$/.exec(headers.get('etag') ?? '')?.[1],
      isKept: worker !== null,
    };
  });
}

function isFromHttpCache(url: string, startedAtMs: number): boolean {
  const timing = performance.getEntriesByName(url).at(-1) as PerformanceResourceTiming | undefined;
  return (
    timing !== undefined &&
    timing.startTime >= startedAtMs &&
    timing.transferSize === 0 &&
    timing.decodedBodySize > 0
  );
}

/** Makes an object URL whose pixels are there; the image keeps them. Throws a Failure for bytes that are no picture. */
export async function decodePicture({
  type,
  bytes,
}: StoredPicture): Promise<{ url: string; image: HTMLImageElement }> {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { url, image };
  } catch {
    URL.revokeObjectURL(url);
    throw new Failure('decode');
  }
}

/** Reads a base64 data URI; `undefined` unless it is a photo. */
export function inlinePicture(uri: string): StoredPicture | undefined {
  const [head = '', base64 = ''] = uri.slice('data:'.length).split(';base64,');
  if (!PHOTO_TYPE.test(head)) return undefined;
  return { type: head, bytes: Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)).buffer };
}
