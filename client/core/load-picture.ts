// How a picture comes into memory: from the list that brought it, the disk or the network, whichever is nearest.

import type { PartnerRecord, RecentRecord, UnknownRecord } from '../../core/partner-record.ts';
import { INLINE_SIZE, type Size } from '../../core/sizes.ts';
import type { Attempts } from './attempts.ts';
import type { ImageStore } from './image-store.ts';
import { keepAvailable } from './keep-available.ts';
import { limited } from './limited.ts';
import { type PictureMemory, pathOf } from './memory.ts';
import type { Monitor } from './monitor.ts';
import {
  decodePicture,
  type FetchedPicture,
  fetchPicture,
  inlinePicture,
  isThere,
  type StoredPicture,
} from './pictures.ts';
import { partnerOf, type Records } from './records.ts';
import { Failure } from './request.ts';
import type { AvatarSource } from './types.ts';
import { waitForPhoto } from './wait-for-photo.ts';

/** Pictures that are fetched at a time for nobody who waits. */
const MOST_PREFETCHED = 6;

/** How long a picture waits for the disk, at most: WebKit's may never open. */
const PATIENCE_MS = 1000;

/** What loading needs of its session. */
export interface LoadContext {
  readonly ended: AbortSignal;
  readonly records: Records;
  readonly memory: PictureMemory;
  readonly disk: Promise<ImageStore | undefined>;
  readonly attempts: Attempts;
  readonly monitor: Monitor;
  /** Asks for the record, together with others; throws a Failure. */
  ask(id: string): Promise<void>;
  learn(told: readonly (PartnerRecord | UnknownRecord)[], askedAtMs: number): void;
  /** Hears of each picture that came into memory. */
  onPicture(): void;
}

/** Brings pictures into memory. */
export interface PictureLoader {
  /** Brings that of an id whose record is known, unless it is there; throws a Failure. */
  load(id: string, size: Size, priority: RequestPriority): Promise<void>;
  /** Takes those that a list has in itself. */
  seed(told: readonly RecentRecord[]): void;
}

/** Makes the loader of a session. */
export function pictureLoader(context: LoadContext): PictureLoader {
  const { ended, records, memory, disk, monitor, ask, learn, onPicture } = context;
  const { attempt, failuresOf } = context.attempts;
  const underWay = new Map<string, Promise<void>>();
  const few = limited(MOST_PREFETCHED);
  keepAvailable(memory, ended);

  /** Does a work that is not under way already under this key. */
  const once = (key: string, work: () => Promise<void>) => {
    const already = underWay.get(key);
    if (already) return already;
    const done = work().finally(() => underWay.delete(key));
    underWay.set(key, done);
    return done;
  };

  const show = async (path: string, size: Size, stored: StoredPicture, source: AvatarSource) => {
    const decoded = await decodePicture(stored);
    // It may have come twice: for somebody who looks, and for nobody who waits.
    if (ended.aborted || memory.has(path)) return URL.revokeObjectURL(decoded.url);
    const bytes = stored.bytes.byteLength;
    memory.set(path, { ...decoded, path, size, bytes, source, usedAtMs: Date.now() });
    onPicture();
  };

  const showFetched = async (
    path: string,
    size: Size,
    { type, bytes, source, edge, isKept }: FetchedPicture,
    startedAtMs: number,
  ) => {
    if (source === 'network') {
      monitor.add('network', bytes.byteLength);
      if (edge) monitor.add(edge);
    }
    await show(path, size, { type, bytes }, source);
    monitor.shown(source, performance.now() - startedAtMs);
    if (!isKept) (await disk)?.keep(path, { type, bytes }, true);
  };

  const waitFor = (partner: PartnerRecord, size: Size) =>
    attempt(partner.avatarId, async () => {
      const askedAtMs = Date.now();
      const startedAtMs = performance.now();
      monitor.add('requests');
      await waitForPhoto(partner, size, {
        fetch: (url) => fetchPicture(url, ended, 'auto'),
        show: (stored, fetched) =>
          showFetched(pathOf(stored, size) ?? '', size, fetched, startedAtMs),
        learn: (told) => learn(told, askedAtMs),
      });
    });

  const showStored = async (path: string, size: Size, startedAtMs: number) => {
    const stored = await Promise.race([
      disk.then((store) => store?.get(path)),
      new Promise<undefined>((over) => setTimeout(over, PATIENCE_MS)),
    ]);
    if (!stored) return false;
    try {
      await show(path, size, stored, 'indexeddb');
    } catch {
      return false;
    }
    monitor.shown('indexeddb', performance.now() - startedAtMs);
    (await disk)?.keep(path, stored, false);
    return true;
  };

  const loadPicture = async (
    { avatarId, urls }: PartnerRecord,
    path: string,
    size: Size,
    priority: RequestPriority,
  ) => {
    // It may be inline in a list that is being taken in.
    await underWay.get(path)?.catch(() => undefined);
    // What waited in the queue finds its session over.
    if (memory.has(path) || ended.aborted) return;
    const startedAtMs = performance.now();
    monitor.add('requests');
    if (await showStored(path, size, startedAtMs)) return;
    try {
      await attempt(path, async () => {
        const fetched = await fetchPicture(urls[size], ended, priority);
        await showFetched(path, size, fetched, startedAtMs);
      });
    } catch (error) {
      const isGone = /type|40[34]/.test((error as Failure).message) && failuresOf(path) === 1;
      if (!isGone) throw error;
      // The photo is not where it was: one more question, and it is known where it is.
      await ask(avatarId);
      const partner = partnerOf(records.get(avatarId));
      if (partner && pathOf(partner, size) === path) throw error;
    }
  };

  return {
    async load(id, size, priority) {
      const found = partnerOf(records.get(id));
      if (found?.state === 'pending') {
        await once(found.avatarId, () => waitFor(found, size));
      }
      const now = records.get(id);
      if (!now) throw new Failure('type');
      now.usedAtMs = Date.now();
      const partner = partnerOf(now);
      const path = partner && pathOf(partner, size);
      if (!path) return;
      const held = memory.get(path);
      // Somebody who asks again may do so because what is held no longer shows.
      if (held && !now.askedAtMs && !(await isThere(held.url))) {
        memory.delete(path);
        URL.revokeObjectURL(held.url);
      }
      // Somebody who looks does not wait in the queue of those who don't.
      const fetch = () => loadPicture(partner, path, size, priority);
      await once(priority + path, () => (priority === 'low' ? few(fetch) : fetch()));
    },
    seed(told) {
      for (const { inline, ...record } of told) {
        const path = pathOf(record, INLINE_SIZE);
        if (!inline || !path || memory.has(path)) continue;
        once(path, async () => {
          const picture = inlinePicture(inline);
          if (!picture) return;
          await show(path, INLINE_SIZE, picture, 'memory');
          (await disk)?.keep(path, picture, true);
        }).catch(() => monitor.failed('decode'));
      }
    },
  };
}
