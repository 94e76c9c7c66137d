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
  const first = Math.min(size, 150) as Size;

  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = [first, size].map((width) => client.subscribe(userId, width, listener));
      return () => ends.forEach((end) => void end());
    },
    [client, userId, first, size],
  );
  const read = () => {
    const snapshot = client.getSnapshot(userId, size);
    // Without any picture yet, how far it is with the first one.
    return snapshot.src ? snapshot : client.getSnapshot(userId, first);
  };
  const snapshot = useSyncExternalStore(subscribe, read, () => IDLE);

  const wanted = snapshot.src ? size : first;
  useEffect(() => {
    if (enabled) void client.ensure(userId, wanted);
  }, [client, userId, wanted, enabled]);

  return snapshot;
}
