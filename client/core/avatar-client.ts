// Composes the tiers into one client, and tells it of what the page lives through.

import { createEvents } from './events.ts';
import { createMonitor } from './monitor.ts';
import { demandScope, readOptions } from './options.ts';
import { startSession } from './session.ts';
import type { AvatarClient, AvatarClientOptions } from './types.ts';
import type { View } from './views.ts';

/** Makes the client of one page. Throws a TypeError that names the option which is wrong. */
export function createAvatarClient(options: AvatarClientOptions): AvatarClient {
  const settings = readOptions(options);
  const monitor = createMonitor();
  const { on, emit } = createEvents();
  const start = (scope: string, earlier: readonly View[]) =>
    startSession({ settings, scope, monitor, emit, earlier });
  let { scope } = settings;
  let session = start(scope, []);

  const isBrowser = typeof document !== 'undefined';
  const awake = () => {
    if (document.hidden) return;
    session.forgive();
    session.refresh();
  };
  if (isBrowser) {
    document.addEventListener('visibilitychange', awake);
    addEventListener('online', awake);
  }

  const ensure: AvatarClient['ensure'] = async (id, size) => {
    const view = session.views.of(id, size);
    view.isWanted = true;
    monitor.needed();
    if (view.snapshot.srcSize === size) {
      monitor.requested();
      monitor.shown('memory', 0);
    }
    if (isBrowser) await session.bring(view);
    return session.views.of(id, size).snapshot;
  };

  return {
    ready: Promise.resolve(),
    getSnapshot: (id, size) => session.views.of(id, size).snapshot,
    subscribe(id, size, listener) {
      const { listeners } = session.views.of(id, size);
      // A function of its own, so that one listener given twice is two.
      const own = () => listener();
      listeners.add(own);
      return () => {
        listeners.delete(own);
        session.sweepLater();
      };
    },
    ensure,
    async prefetch(ids, size = 150) {
      await Promise.all(ids.map((id) => session.bring(session.views.of(id, size), 'low')));
    },
    seed: (records) => session.seed(records),
    invalidate: (ids) => session.invalidate(ids),
    async clear() {
      session.end();
      session = start(scope, session.views.shown());
    },
    setScope(next) {
      demandScope(next);
      if (next === scope) return;
      session.end();
      scope = next;
      session = start(scope, session.views.shown());
      session.refresh();
    },
    on,
    monitor: {
      getStats: () =>
        monitor.stats(session.memory.bytes(), {
          localStorage: false,
          indexedDb: false,
          serviceWorker: false,
          broadcastChannel: false,
        }),
    },
    destroy() {
      session.end();
      if (!isBrowser) return;
      document.removeEventListener('visibilitychange', awake);
      removeEventListener('online', awake);
    },
  };
}
