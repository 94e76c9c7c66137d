// Composes the tiers into one client, and tells it of what the page lives through.

import { createEvents } from './events.ts';
import { arrived } from './later.ts';
import { createMonitor } from './monitor.ts';
import { demandScope, readOptions } from './options.ts';
import { serviceWorkers } from './service-workers.ts';
import { startSession } from './session.ts';
import { openTabs } from './tabs.ts';
import type { AvatarClient, AvatarClientOptions, Size } from './types.ts';

/** Makes the client of one page. Throws a TypeError that names the option which is wrong. */
export function createAvatarClient(options: AvatarClientOptions): AvatarClient {
  const settings = readOptions(options);
  const monitor = createMonitor();
  const { on, emit } = createEvents();
  let { scope } = settings;
  let session = startSession({ settings, scope, monitor, emit, earlier: [] });
  let tabs = open();

  function open() {
    return openTabs(scope, (message) => {
      if (message === 'clear') void forget();
      else session.invalidate(message);
    });
  }

  /** Begins anew with whoever listens; what they asked for is asked for again only if `isKept`. */
  function restart(isKept: boolean) {
    const earlier = session.views
      .shown()
      .map((view) => ({ ...view, isWanted: isKept && view.isWanted }));
    session = startSession({ settings, scope, monitor, emit, earlier });
    for (const { listeners } of earlier) for (const listener of [...listeners]) listener();
  }

  async function forget() {
    const forgotten = session.forget();
    restart(false);
    await forgotten;
  }

  const awake = () => {
    if (document.hidden) return;
    session.forgive();
    void session.refresh();
  };
  const save = () => session.save();
  const lives = new AbortController();
  const isBrowser = typeof document !== 'undefined';
  if (isBrowser) {
    const { signal } = lives;
    document.addEventListener('visibilitychange', awake, { signal });
    addEventListener('online', awake, { signal });
    addEventListener('pagehide', save, { signal });
  }
  if (settings.live) {
    // On a server it never does.
    void arrived.then(({ watchChanges }) =>
      watchChanges({
        endpoint: settings.endpoint,
        ended: lives.signal,
        shown: () => session.partners(),
        onChanged: (avatarIds) => session.invalidate(avatarIds),
        onPoll: () => monitor.add('livePolls'),
      }),
    );
  }
  const viewOf = (id: string, size: Size) => session.views.of(id, size);
  return {
    ready: session.ready,
    getSnapshot: (id, size) => viewOf(id, size).snapshot,
    subscribe(id, size, listener) {
      const { listeners } = viewOf(id, size);
      // A function of its own, so that one listener given twice is two.
      const own = () => listener();
      listeners.add(own);
      return () => {
        listeners.delete(own);
        session.released(viewOf(id, size));
      };
    },
    async ensure(id, size) {
      const view = viewOf(id, size);
      view.isWanted = true;
      monitor.add('needed');
      if (view.snapshot.srcSize === size) {
        monitor.add('requests');
        monitor.shown('memory', 0);
      }
      await session.bring(view);
      return viewOf(id, size).snapshot;
    },
    async prefetch(ids, size = 150) {
      monitor.add('needed', ids.length);
      await Promise.all(ids.map((id) => session.bring(viewOf(id, size), 'low')));
    },
    seed: (records) => session.seed(records),
    invalidate(ids) {
      session.invalidate(ids);
      tabs?.postMessage(ids);
    },
    async clear() {
      tabs?.postMessage('clear');
      await forget();
    },
    setScope(next) {
      demandScope(next);
      if (next === scope) return;
      session.save();
      session.stop();
      tabs?.close();
      scope = next;
      tabs = open();
      restart(true);
      void session.refresh();
    },
    on,
    monitor: {
      getStats: () =>
        monitor.stats(session.bytes(), {
          ...session.disks(),
          serviceWorker: serviceWorkers() !== undefined,
          broadcastChannel: tabs !== undefined,
        }),
    },
    destroy() {
      session.save();
      session.stop();
      tabs?.close();
      lives.abort();
    },
  };
}
