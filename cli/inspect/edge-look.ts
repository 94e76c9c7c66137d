// What a viewer gets of the current-photo URL. It is a request like any other: a photo that is missing is asked for.

import { codeOf } from '../mistake.ts';

/** The edge's answer; `error` where there was none. */
export type EdgeLook =
  | {
      readonly url: string;
      readonly status: number;
      /** The miss reason, or `hit` (core/miss.ts). */
      readonly xAvatar: string | null;
      /** What the edge did, in CloudFront's words. */
      readonly xCache: string | null;
      /** Seconds that the answer has been in the edge's cache. */
      readonly ageSeconds: number | null;
    }
  | { readonly url: string; readonly error: string };

const TIMEOUT_MS = 10_000;

/** Asks for the headers alone. Never rejects. */
export async function lookAtEdge(url: string): Promise<EdgeLook> {
  try {
    const { status, headers } = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const age = headers.get('age');
    return {
      url,
      status,
      xAvatar: headers.get('x-avatar'),
      xCache: headers.get('x-cache'),
      ageSeconds: age === null ? null : Number(age),
    };
  } catch (error) {
    return { url, error: codeOf(error instanceof Error ? (error.cause ?? error) : error) };
  }
}
