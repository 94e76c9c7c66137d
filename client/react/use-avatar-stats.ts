// The monitor's figures in a component, such as a panel for developers.

import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { AvatarStats } from '../core/types.ts';
import { useAvatarClient } from './avatar-provider.tsx';

/**
 * What the client did so far, read every `intervalMs` milliseconds (default: 1,000); renders again only when that is
 * something else. A server tells of its own client. Throws an Error without an AvatarProvider.
 */
export function useAvatarStats(intervalMs = 1000): AvatarStats {
  const { monitor } = useAvatarClient();
  const subscribe = useCallback(
    (listener: () => void) => {
      const timer = setInterval(listener, intervalMs);
      return () => clearInterval(timer);
    },
    [intervalMs],
  );
  // As text, the same figures are the same value.
  const read = () => JSON.stringify(monitor.getStats());
  const text = useSyncExternalStore(subscribe, read, read);
  return useMemo(() => JSON.parse(text), [text]);
}
