// Everything of one scope. When it ends nothing of it is left, and what comes in afterwards is dropped.

import { isAvatarId } from '../../core/avatar-id-form.ts';
import type { PartnerRecord, RecentRecord, UnknownRecord } from '../../core/partner-record.ts';
import { USER_ID } from '../../core/user-id-form.ts';
import { createAttempts } from './attempts.ts';
import type { Emit } from './events.ts';
import { later } from './later.ts';
import type { PictureLoader } from './load-picture.ts';
import { bestPicture, MOST_PICTURES, type PictureMemory } from './memory.ts';
import { metadataStore } from './metadata-store.ts';
import type { Monitor } from './monitor.ts';
import type { Settings } from './options.ts';
import { partnerApi } from './partner-api.ts';
import { createRecords, idOf, isStale, type Known, partnerOf } from './records.ts';
import { Failure } from './request.ts';
import { createResolveBatch } from './resolve-batch.ts';
import { snapshotOf } from './snapshot.ts';
import { createViews, type View } from './views.ts';
import { clearCaches, tellWorker } from './worker-caches.ts';

/** How long ids are collected before they are asked for: two frames of a list that is being built. */
const BATCH_WINDOW_MS = 10;

/** Tries for a photo that is on its way, each held by the server for five seconds, until that is the answer. */
const PENDING_TRIES = 5;

/** Whatever came stays so long, even where nothing is to be kept: nobody subscribes before it is there. */
const SHORTEST_MS = 1000;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

// A timer may be early by the clock.
const MARGIN_MS = 20;

/** What a session is started with; `earlier` are the views that the one before it leaves. */
export interface SessionContext {
  readonly settings: Settings;
  readonly scope: string;
  readonly monitor: Monitor;
  readonly emit: Emit;
  readonly earlier: readonly View[];
}

/** Everything of one scope. */
export type Session = ReturnType<typeof startSession>;

/** Starts with what the disk knows of the scope. */
export function startSession({ settings, scope, monitor, emit, earlier }: SessionContext) {
  const { staleTime, gcTime, maxEntries, cachePolicy } = settings;
  const isBrowser = typeof document !== 'undefined';
  const hasDisk = isBrowser && cachePolicy.endsWith('disk');
  const unusedMs = Math.max(SHORTEST_MS, cachePolicy.startsWith('memory') ? gcTime : 0);
  const end = new AbortController();
  const ended = end.signal;

  let hasStorageFailed = false;
  const onStorageError = (error: unknown) => {
    monitor.failed('storage');
    if (!hasStorageFailed) queueMicrotask(() => emit('storageError', { error }));
    hasStorageFailed = true;
  };
  const metadata = hasDisk ? metadataStore(scope, settings, onStorageError) : undefined;
  const openDisk = async () => {
    if (!hasDisk) return undefined;
    const store = (await later())?.openImageStore(scope, settings, onStorageError);
    if (!store) onStorageError(new Error('core-later.js did not load'));
    return store;
  };
  const disk = openDisk();
  let indexedDb = false;
  const ready = disk.then(async (store) => {
    indexedDb = (await store?.ready) === true;
  });

  const records = createRecords(metadata?.read() ?? []);
  const memory: PictureMemory = new Map();
  let invalidatedAtMs = 0;

  const attempts = createAttempts(
    () => performance.now(),
    Math.random,
    ({ message, headers }, waitMs) => {
      if (ended.aborted) return;
      // A miss is no error.
      if (!headers?.has('x-avatar')) monitor.failed(message);
      // Whoever comes back to the page has it tried again then.
      setTimeout(
        () => document.hidden || refresh(),
        Math.min(waitMs + MARGIN_MS, LONGEST_TIMER_MS),
      );
    },
  );
  const views = createViews(paint, earlier);

  const resolve = partnerApi(
    settings,
    ended,
    () => monitor.add('apiCalls'),
    (status) => ended.aborted || emit('unauthorized', { status }),
  );
  const batch = createResolveBatch(
    (ids) =>
      attempts.attempt('api', async () => {
        const askedAtMs = Date.now();
        const told = await resolve(ids);
        // What was asked before an invalidation may be shown, and has to be asked again.
        learn(told, askedAtMs < invalidatedAtMs ? 0 : askedAtMs);
      }),
    BATCH_WINDOW_MS,
  );

  let loading: Promise<PictureLoader> | undefined;
  /** Whoever brings pictures; throws a Failure as long as that module does not come. */
  const pictures = () => {
    loading ??= attempts.attempt('later', async () => {
      const module = await later();
      if (!module) throw new Failure('network');
      const { ask } = batch;
      const context = { ended, records, memory, disk, attempts, monitor, ask, learn, onPicture };
      return module.pictureLoader(context);
    });
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };

  /** Sees to it that there is a record; one that is stale is asked for behind what is shown. */
  async function know(id: string) {
    const known = records.get(id);
    // For an id of another form the API would refuse the whole call.
    if (!known && !USER_ID.test(id) && !isAvatarId(id)) {
      learn([{ id, state: 'unknown' }], Date.now());
    } else if (!known) await batch.ask(id);
    else if (isStale(known, staleTime, Date.now())) {
      batch.ask(records.keyOf(id)).catch(() => undefined);
    }
  }

  function paint(view: View) {
    const known = records.get(view.id);
    const partner = partnerOf(known);
    const { picture } = view;
    // Until the photo of the record is there, the one before it.
    const before = partner?.photoId && picture && memory.get(picture.path);
    view.picture = (partner && bestPicture(memory, partner, view.size)) || before || undefined;
    const isWaitedFor = attempts.failuresOf(records.keyOf(view.id)) >= PENDING_TRIES;
    return snapshotOf(known, view.picture, view.phase, isWaitedFor);
  }

  function learn(told: readonly (PartnerRecord | UnknownRecord)[], askedAtMs: number) {
    const usedAtMs = Date.now();
    take(told.map((record) => ({ record, askedAtMs, usedAtMs })));
    saveSoon();
  }

  /** Takes in what is newer, shows it, and tells of it. */
  function take(told: readonly Known[]) {
    if (ended.aborted) return;
    const others = told.filter(records.learn).map(({ record }) => record);
    views.publish();
    if (!others.length) return;
    const ids = others.flatMap((record) =>
      'avatarId' in record ? [record.avatarId, record.userId] : [record.id],
    );
    const gone = others.filter((record) => !('photoId' in record && record.photoId)).map(idOf);
    if (gone[0] && isBrowser) tellWorker(gone);
    void refresh().then(() => ended.aborted || emit('updated', { ids }));
  }

  async function bring(view: View, priority: RequestPriority = 'auto') {
    if (!isBrowser || ended.aborted) return;
    if (view.phase === 'idle') view.phase = 'loading';
    // Of this one alone: of a list of hundreds all would be painted hundreds of times.
    views.publish(view);
    try {
      const loader = pictures();
      await know(view.id);
      await (await loader).load(view.id, view.size, priority);
      view.phase = 'idle';
    } catch {
      view.phase = 'error';
    }
    if (ended.aborted) return;
    views.publish(view);
    sweepSoon();
  }

  /** Sees to it that all that is looked at is there, and fresh. */
  function refresh() {
    const kept = views.shown().filter(({ isWanted }) => isWanted);
    return Promise.all(kept.map((view) => bring(view)));
  }

  function onPicture() {
    views.publish();
    saveSoon();
    if (memory.size > MOST_PICTURES) void sweep();
  }

  let isSaving = false;
  function saveSoon() {
    if (isSaving || !metadata) return;
    isSaving = true;
    // Safari has no idle callback.
    (globalThis.requestIdleCallback ?? setTimeout)(save);
  }

  function save() {
    isSaving = false;
    if (ended.aborted || !metadata) return;
    const newer = metadata.read().filter(({ record, askedAtMs }) => {
      const ours = records.get(idOf(record));
      // Another tab may have asked since; one that has to be asked for again stays so.
      return !ours || (ours.askedAtMs && askedAtMs > ours.askedAtMs);
    });
    take(newer);
    metadata.write(records.all());
    void disk.then((store) => store?.flush(isCurrent));
  }

  function isCurrent(path: string) {
    const [, , avatarId = '', photoId] = path.split('/');
    const known = records.get(avatarId);
    return !known || partnerOf(known)?.photoId === photoId;
  }

  let isSweeping = false;
  function sweepSoon() {
    if (isSweeping || !isBrowser) return;
    isSweeping = true;
    setTimeout(sweep, Math.min(unusedMs, LONGEST_TIMER_MS));
  }

  async function sweep() {
    const module = await later();
    isSweeping = false;
    const most = cachePolicy === 'none' ? 0 : maxEntries;
    if (!ended.aborted && module?.sweep({ views, memory, records }, unusedMs, most)) sweepSoon();
  }

  function stop() {
    end.abort();
    for (const { url } of memory.values()) URL.revokeObjectURL(url);
    memory.clear();
    void disk.then((store) => store?.close());
  }

  return {
    views,
    bring,
    refresh,
    save,
    stop,
    ready,
    disks: () => ({ localStorage: metadata !== undefined && !metadata.hasFailed, indexedDb }),
    bytes: () => [...memory.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    forgive: attempts.forgive,
    /** Whom somebody looks at. */
    partners: () => views.shown().flatMap(({ snapshot }) => snapshot.record ?? []),
    /** Somebody looks no longer. */
    released({ picture }: View) {
      if (picture) picture.usedAtMs = Date.now();
      sweepSoon();
    },
    seed(told: readonly RecentRecord[]) {
      learn(
        told.map(({ inline: _, ...record }) => record),
        Date.now(),
      );
      if (!isBrowser) return;
      pictures()
        .then((loader) => loader.seed(told))
        .catch(() => undefined);
    },
    invalidate(ids: readonly string[]) {
      invalidatedAtMs = Date.now();
      for (const id of ids) {
        const known = records.get(id);
        if (known) known.askedAtMs = 0;
        batch.forget(id);
        batch.forget(records.keyOf(id));
      }
      saveSoon();
      void refresh();
    },
    /** Forgets what the disk has of the scope, and ends. */
    async forget() {
      metadata?.clear();
      const cleared = disk
        // Unseen, where the module that knows the database did not come, as in a logout without a network.
        .then((store) =>
          store ? store.clear() : hasDisk && indexedDB.deleteDatabase('cameo-avatars'),
        )
        .catch(onStorageError);
      stop();
      // At once: a disk that never opens holds up nothing.
      if (isBrowser) await clearCaches(onStorageError);
      await cleared;
    },
  };
}
