// One avatar in a component: painted from memory in the very first render, asked for behind it.

import { useCallback, useEffect, useSyncExternalStore } from 'react';
import type { AvatarSnapshot, Size } from '../core/types.ts';
import { useAvatarClient } from './avatar-provider.tsx';

/** How an avatar is wanted. */
export interface UseProfilePictureOptions {
  /** The stored width in pixels. Above 150, the 150 is asked for first. Default: 150. */
  readonly size?: Size | undefined;
  /** Whether it is asked for; what is in memory is painted in any case. Default: true. */
  readonly enabled?: boolean | undefined;
}

// What a server knows. A page that is hydrated says the same, and paints what it has right after.
const IDLE = { status: 'idle' } as AvatarSnapshot;

/** The avatar of a userId or avatarId, now and whenever it changes. Throws an Error without an AvatarProvider. */
export function useProfilePicture(
  userId: string,
  { size = 150, enabled = true }: UseProfilePictureOptions = {},
): AvatarSnapshot {
  const client = useAvatarClient();
  const subscribe = useCallback(
    (listener: () => void) => client.subscribe(userId, size, listener),
    [client, userId, size],
  );
  const snapshot = useSyncExternalStore(
    subscribe,
    () => client.getSnapshot(userId, size),
    () => IDLE,
  );

  const { src, srcSize = 0 } = snapshot;
  // In the order in which it is seen. A wider picture that is there does: only its freshness is seen to.
  const wanted = src ? Math.max(size, srcSize) : Math.min(size, 150);
  useEffect(() => {
    if (enabled) void client.ensure(userId, wanted as Size);
  }, [client, userId, wanted, enabled]);

  return snapshot;
}
