// Everything of one scope. When it ends nothing of it is left, and whatever was under way for it is dropped: `ended` is
// looked at after each wait.

import { isAvatarId } from '../../core/avatar-id-form.ts';
import { versionedPath } from '../../core/avatar-url.ts';
import type { PartnerRecord, RecentRecord, UnknownRecord } from '../../core/partner-record.ts';
import { SIZES, type Size } from '../../core/sizes.ts';
import { createBackOff } from './back-off.ts';
import type { Emit } from './events.ts';
import { Failure } from './failure.ts';
import { createPictureMemory } from './memory.ts';
import type { Monitor } from './monitor.ts';
import type { Settings } from './options.ts';
import { partnerApi } from './partner-api.ts';
import { decodePicture, fetchPicture, inlinePicture, type StoredPicture } from './pictures.ts';
import { createRecords, isOther, isStale, partnerOf } from './records.ts';
import { createResolveBatch } from './resolve-batch.ts';
import type { AvatarSnapshot, AvatarSource } from './types.ts';
import { createViews, type View } from './views.ts';

const BATCH_WINDOW_MS = 10;
const PENDING_TRIES = 5;
const USER_ID = /^[1-9]\d{0,15}$/;

export interface SessionContext {
  readonly settings: Settings;
  readonly scope: string;
  readonly monitor: Monitor;
  readonly emit: Emit;
  readonly earlier: readonly View[];
}

export type Session = ReturnType<typeof startSession>;

export function startSession({ settings, monitor, emit, earlier }: SessionContext) {
  const { staleTime, gcTime, cachePolicy } = settings;
  const end = new AbortController();
  const ended = () => end.signal.aborted;
  const records = createRecords([]);
  const memory = createPictureMemory(Date.now, (url) => URL.revokeObjectURL(url));
  const backOff = createBackOff(Date.now, Math.random);
  const invalidAtMs = new Map<string, number>();
  const underWay = new Map<string, Promise<void>>();
  const waitedFor = new Set<string>();
  const lost = new Set<string>();
  const unusedMs = cachePolicy.startsWith('memory') ? gcTime : 0;

  const views = createViews(paint, earlier);
  const resolve = partnerApi(settings, end.signal, (status) => emit('unauthorized', { status }));
  const batch = createResolveBatch(async (ids) => {
    await attempt('api', async () => {
      const askedAtMs = Date.now();
      monitor.called();
      const told = await resolve(ids);
      if (!ended()) learn(told, askedAtMs);
    });
  }, BATCH_WINDOW_MS);

  function paint(view: View): AvatarSnapshot {
    const known = records.get(view.id);
    const record = partnerOf(known);
    const photo = known?.record.state;
    const { picture: shown } = view;
    const isShown = shown && memory.get(shown.path) === shown;
    const picture =
      photo === 'stored' && record
        ? (memory.best(record, view.size) ?? (isShown ? shown : undefined))
        : undefined;
    view.picture = picture;
    const isAnswer =
      picture ||
      photo === 'none' ||
      photo === 'unknown' ||
      (photo === 'pending' && waitedFor.has(records.keyOf(view.id)));
    const waiting = view.hasFailed ? 'error' : view.busy > 0 ? 'loading' : 'idle';
    return {
      status: isAnswer ? 'loaded' : waiting,
      photo,
      src: picture?.url,
      srcSize: picture?.size,
      lqip: record?.lqip ?? undefined,
      record,
      source: picture?.source,
    };
  }

  const viewsOf = (keys: ReadonlySet<string>) =>
    views.all().filter(({ id }) => keys.has(records.keyOf(id)));

  function learn(told: readonly (PartnerRecord | UnknownRecord)[], askedAtMs: number) {
    const keys = new Set<string>();
    const others = new Set<string>();
    for (const record of told) {
      const next = { record, askedAtMs, usedAtMs: Date.now() };
      const taken = records.learn(next);
      if (!taken) continue;
      keys.add(taken.key);
      if (taken.held && isOther(next, taken.held)) others.add(taken.key);
    }
    for (const view of viewsOf(keys)) views.publish(view);
    if (others.size === 0) return;
    const brought = viewsOf(others)
      .filter(isKept)
      .map((view) => bring(view));
    const ids = [...others].flatMap((key) => {
      const partner = partnerOf(records.get(key));
      return partner ? [key, partner.userId] : [key];
    });
    void Promise.all(brought).then(() => ended() || emit('updated', { ids }));
  }

  const isKept = ({ isWanted, listeners }: View) => isWanted && listeners.size > 0;

  function refresh() {
    for (const view of views.shown().filter(isKept)) void bring(view);
  }

  let retry: { readonly atMs: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  function retryIn(waitMs: number) {
    const atMs = Date.now() + waitMs;
    if (retry && retry.atMs <= atMs) return;
    clearTimeout(retry?.timer);
    const timer = setTimeout(() => {
      retry = undefined;
      // Whoever comes back to the page has it tried again then.
      if (!document.hidden) refresh();
    }, waitMs);
    retry = { atMs, timer };
  }

  async function attempt(key: string, work: () => Promise<void>): Promise<void> {
    try {
      const waitMs = backOff.waitMs(key);
      if (waitMs) throw new Failure('', waitMs);
      await work();
      backOff.succeeded(key);
    } catch (error) {
      const { code, waitMs } = error as Failure;
      if (!ended()) {
        monitor.failed(code);
        if (!backOff.waitMs(key)) backOff.failed(key, waitMs);
        retryIn(backOff.waitMs(key));
      }
      throw error;
    }
  }

  function once(key: string, work: () => Promise<void>): Promise<void> {
    const already = underWay.get(key);
    if (already) return already;
    const done = work().finally(() => underWay.delete(key));
    underWay.set(key, done);
    return done;
  }

  async function bring(view: View, priority: RequestPriority = 'auto'): Promise<void> {
    view.busy++;
    views.publish(view);
    try {
      await load(view.id, view.size, priority);
      view.hasFailed = false;
    } catch {
      view.hasFailed = true;
    }
    view.busy--;
    if (ended()) return;
    views.publish(view);
    sweepLater();
  }

  async function load(id: string, size: Size, priority: RequestPriority): Promise<void> {
    const key = records.keyOf(id);
    const known = records.get(id);
    if (!known && !isAvatarId(id) && !USER_ID.test(id))
      learn([{ id, state: 'unknown' }], Date.now());
    else if (!known) await batch.ask(id);
    else if (isStale(known, staleTime, Date.now())) batch.ask(key).catch(() => undefined);
    if (ended()) return;
    let partner = partnerOf(records.get(id));
    if (partner?.state === 'pending') {
      const { avatarId } = partner;
      const pending = partner;
      if (!waitedFor.has(avatarId)) await once(avatarId, () => waitForPhoto(pending, size));
      partner = partnerOf(records.get(id));
    }
    if (!records.get(id)) throw new Failure('type');
    if (!ended() && partner?.photoId) await loadPicture(partner, partner.photoId, size, priority);
  }

  async function loadPicture(
    partner: PartnerRecord,
    photoId: string,
    size: Size,
    priority: RequestPriority,
  ): Promise<void> {
    const { avatarId } = partner;
    const path = versionedPath({ avatarId, photoId, size });
    if (memory.get(path)) return;
    await once(path, async () => {
      const startedAtMs = performance.now();
      monitor.requested();
      try {
        await attempt(path, async () => {
          const fetched = await fetchPicture(partner.urls[size], end.signal, priority);
          monitor.fetched(fetched.bytes.byteLength, fetched.edge);
          await keep(path, size, fetched, fetched.source, startedAtMs);
        });
      } catch (error) {
        const { code } = error as Failure;
        if (ended() || lost.has(path) || !/type|40[34]/.test(code)) throw error;
        // The photo is not where it was: one more question, and it is known where it is.
        lost.add(path);
        await batch.ask(avatarId);
        if (partnerOf(records.get(avatarId))?.photoId === photoId) throw error;
      }
    });
  }

  async function keep(
    path: string,
    size: Size,
    stored: StoredPicture,
    source: AvatarSource,
    startedAtMs: number | undefined,
  ): Promise<void> {
    const decoded = await decodePicture(stored);
    if (ended()) return URL.revokeObjectURL(decoded.url);
    if (startedAtMs !== undefined) monitor.shown(source, performance.now() - startedAtMs);
    memory.add({ path, size, ...decoded, bytes: stored.bytes.byteLength, source });
    for (const view of views.all()) views.publish(view);
  }

  async function waitForPhoto(partner: PartnerRecord, size: Size): Promise<void> {
    const { avatarId, urls } = partner;
    for (let tries = 0; tries < PENDING_TRIES; tries++) {
      if (tries) await new Promise((over) => setTimeout(over, 1000 * 2 ** tries));
      if (ended() || records.get(avatarId)?.record !== partner) return;
      const url = new URL(urls[size]);
      url.searchParams.set('d', '404');
      url.searchParams.set('wait', '5');
      const askedAtMs = Date.now();
      const startedAtMs = performance.now();
      monitor.requested();
      try {
        const fetched = await fetchPicture(url.href, end.signal, 'auto');
        const { photoId } = fetched;
        if (!photoId) throw new Failure('type');
        const pathOf = (each: Size) => versionedPath({ avatarId, photoId, size: each });
        await keep(pathOf(size), size, fetched, fetched.source, startedAtMs);
        if (ended()) return;
        const versioned = Object.fromEntries(
          SIZES.map((each) => [each, url.origin + pathOf(each)]),
        ) as PartnerRecord['urls'];
        return learn([{ ...partner, state: 'stored', photoId, urls: versioned }], askedAtMs);
      } catch (error) {
        const { miss, code } = error as Failure;
        if (ended()) return;
        if (miss === 'none') return learn([{ ...partner, state: 'none' }], askedAtMs);
        if (miss === 'unknown') return learn([{ id: avatarId, state: 'unknown' }], askedAtMs);
        if (!miss) monitor.failed(code);
      }
    }
    waitedFor.add(avatarId);
  }

  let sweeping: ReturnType<typeof setTimeout> | undefined;
  function sweepLater() {
    sweeping ??= setTimeout(sweep, Math.min(Math.max(unusedMs, 1000), 2 ** 31 - 1));
  }
  function sweep() {
    sweeping = undefined;
    const used = new Set(views.shown().map(({ picture }) => picture));
    views.prune();
    if (memory.sweep(used, unusedMs)) sweepLater();
  }

  return {
    views,
    memory,
    refresh,
    bring,
    sweepLater,
    forgive() {
      backOff.forgive();
      waitedFor.clear();
    },
    isFresh: (id: string) => {
      const known = records.get(id);
      return known !== undefined && !isStale(known, staleTime, Date.now());
    },
    seed(told: readonly (PartnerRecord | RecentRecord)[]) {
      learn(
        told.map((record) => {
          const { inline: _, ...rest } = record as RecentRecord;
          return rest;
        }),
        Date.now(),
      );
      for (const record of told) {
        const { avatarId, photoId } = record;
        const inline = 'inline' in record && record.inline && inlinePicture(record.inline);
        if (!inline || !photoId) continue;
        const path = versionedPath({ avatarId, photoId, size: 64 });
        if (memory.get(path)) continue;
        once(path, () => keep(path, 64, inline, 'memory', undefined)).catch(() => undefined);
      }
    },
    invalidate(ids: readonly string[]) {
      for (const id of ids) {
        const known = records.get(id);
        const key = records.keyOf(id);
        invalidAtMs.set(key, Date.now());
        if (known) known.askedAtMs = 0;
        batch.forget(id);
        batch.forget(key);
      }
      refresh();
    },
    end() {
      end.abort();
      clearTimeout(retry?.timer);
      clearTimeout(sweeping);
      memory.sweep(new Set(), 0);
    },
  };
}
