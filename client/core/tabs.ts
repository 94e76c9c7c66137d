// The other tabs of the same scope.

/** What one tab tells the others: the ids to ask for again, or that everything is forgotten. */
export type TabMessage = readonly string[] | 'clear';

/** Opens the channel of a scope; `undefined` where there is none. */
export function openTabs(
  scope: string,
  onMessage: (message: TabMessage) => void,
): Pick<BroadcastChannel, 'postMessage' | 'close'> | undefined {
  if (typeof document === 'undefined') return undefined;
  const channel = new BroadcastChannel(`cameo-avatars:${scope}`);
  channel.onmessage = ({ data }) => onMessage(data);
  return channel;
}
