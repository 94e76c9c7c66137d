// What of one user's picture lies over what. What stands there stays until the picture over it has come in fully, so
// that nothing ever goes blank; a former face never comes back.

import { type SyntheticEvent, useEffect, useState } from 'react';
import type { AvatarSnapshot, AvatarStatus } from '../core/types.ts';

type OnImage = (event: SyntheticEvent<HTMLImageElement>) => void;

/** The layers at one moment. */
export interface Layers {
  /** The pictures, from the back; at most two. */
  readonly images: ReadonlySet<string | undefined>;
  /** The one of them that has come in fully; what was there in the first frame has. */
  readonly settled: string | undefined;
  /** Whether there is neither a picture that has come in nor an answer that there is none. */
  readonly isWaiting: boolean;
  /** What each picture's element tells. */
  readonly events: Readonly<Record<'onAnimationEnd' | 'onError', OnImage>>;
}

/**
 * The layers of a snapshot, of one user for as long as the component lives. `onGone` is called once, for a picture that
 * was there and is gone; `onStatus` with each status but `idle`, as Radix does: such a picture's is `error`.
 */
export function useLayers(
  snapshot: AvatarSnapshot,
  onGone: () => void,
  onStatus: ((status: AvatarStatus) => void) | undefined,
): Layers {
  const { src } = snapshot;
  // Undefined until it is known whether there is anything to wait for, which a page that is hydrated learns late.
  const [settled, setSettled] = useState(src);
  const [gone, setGone] = useState('');
  const [hasEnded, setEnded] = useState(false);

  const isGone = src === gone;
  const status = isGone ? 'error' : snapshot.status;
  const picture = isGone ? undefined : src;
  // Answered without a picture: the stand-in stays until there is one, however often it is asked again.
  if (!hasEnded && !picture && /loaded|error/.test(status)) setEnded(true);
  // There without waiting, it needs no way in. And another scope, or a photo that was hidden: that face is not what the
  // next one lies over.
  if (settled === undefined ? status !== 'idle' : settled && !src) setSettled(src ?? '');

  // biome-ignore lint/correctness/useExhaustiveDependencies: a status is told once, not to each new function.
  useEffect(() => {
    if (status !== 'idle') onStatus?.(status);
  }, [status]);

  return {
    images: new Set([settled, picture]),
    settled,
    isWaiting: !hasEnded && !settled,
    events: {
      // To ask an element for its animations would have the page's styles worked out for each picture of a list.
      onAnimationEnd({ currentTarget: image }) {
        const settle = () => setSettled(image.src);
        if (image.complete) settle();
        else image.onload = settle;
      },
      onError: ({ currentTarget: image }) => {
        setGone(image.src);
        if (settled === image.src) setSettled('');
        if (!gone) onGone();
      },
    },
  };
}
