// Who listens to the client.

import type { AvatarClient, AvatarEvents } from './types.ts';

/** Tells all listeners of one event. */
export type Emit = <Name extends keyof AvatarEvents>(name: Name, event: AvatarEvents[Name]) => void;

/** Makes `on` and what calls its listeners. */
export function createEvents(): { readonly on: AvatarClient['on']; readonly emit: Emit } {
  type Listener = (event: never) => void;
  const listeners = new Set<readonly [name: keyof AvatarEvents, listener: Listener]>();
  return {
    on(name, listener) {
      const entry = [name, listener] as const;
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
    emit(name, event) {
      for (const [of, listener] of [...listeners]) if (of === name) listener(event as never);
    },
  };
}
