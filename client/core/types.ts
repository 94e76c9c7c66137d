// What a front end sees of the client: the options that it gives, the snapshot that it paints, the figures that it reads.

import type { PartnerRecord, RecentRecord, UnknownRecord } from '../../core/partner-record.ts';
import type { Size } from '../../core/sizes.ts';

export type { PartnerRecord, RecentRecord, Size, UnknownRecord };

/**
 * How far an avatar is. `idle`: nobody asked for it; `loaded`: there is an answer, which may be that there is no
 * photo (then `src` is undefined and `photo` says why); `error`: there is none, and it is tried again by itself.
 */
export type AvatarStatus = 'idle' | 'loading' | 'loaded' | 'error';

/** What is known of a photo: as the record says it, or `unknown` for an id that nobody is known by. */
export type PhotoKnowledge = PartnerRecord['state'] | UnknownRecord['state'];

/** Which tiers keep what was fetched: localStorage and IndexedDB are `disk`. */
export type CachePolicy = 'none' | 'memory' | 'disk' | 'memory-disk';

/** Where the bytes of a picture came from. */
export type AvatarSource = 'memory' | 'indexeddb' | 'service-worker' | 'http-cache' | 'network';

/** An avatar at one moment; the same object until something about it changes. */
export interface AvatarSnapshot {
  readonly status: AvatarStatus;
  readonly photo: PhotoKnowledge | undefined;
  /**
   * The picture that paints at once: an object URL whose bytes are decoded, of the width asked for or, until that is
   * there, of another one: the next wider, else the next narrower; of the photo before it until the new one is there.
   * It is not revoked as long as somebody subscribes.
   */
  readonly src: string | undefined;
  /** The width of `src`, in pixels. */
  readonly srcSize: Size | undefined;
  /** The photo as a 16 px data URI. */
  readonly lqip: string | undefined;
  /** What the list or `resolve` told last; absent while nobody has told anything. */
  readonly record: PartnerRecord | undefined;
  /** Where `src` came from. */
  readonly source: AvatarSource | undefined;
}

/** What a client is made with. Times are in milliseconds. */
export interface AvatarClientOptions {
  /** Scheme and host of the CDN, such as `https://d111111abcdef8.cloudfront.net`. */
  readonly endpoint: string;
  /** The signed-in user's id: everything that is kept is kept under it, and no other scope sees it. */
  readonly scope: string;
  /** The value of the Authorization header for a call now: `tma <initData>`. Asked before each call. */
  readonly getAuthorization: () => string | Promise<string>;
  /** After how long a record is asked for again, behind what is shown. Default: 45 minutes. */
  readonly staleTime?: number;
  /** How long a picture that nobody shows stays in memory, at least; twice that at most. Default: 30 minutes. */
  readonly gcTime?: number;
  /** How long pictures and records stay on the disk after they were last used. Default: 7 days. */
  readonly maxAge?: number;
  /** How many pictures and how many records stay on the disk; of records never more than 500. Default: 500. */
  readonly maxEntries?: number;
  /** How many bytes of pictures stay on the disk. Default: 20 MiB. */
  readonly maxBytes?: number;
  /** Default: `memory-disk`. */
  readonly cachePolicy?: CachePolicy;
  /** Whether changes are looked for while somebody looks at the page. Default: true. */
  readonly live?: boolean;
}

/** What a client tells of by `on`, and with what. */
export interface AvatarEvents {
  /**
   * Another photo, another name, or gone, each partner by avatarId and userId, somebody erased by the id that was asked
   * for. Told when the new pictures of all that is shown are there, or known not to come.
   */
  readonly updated: { readonly ids: readonly string[] };
  /** The API refused the sign-in: what is there stays, and no call is made until another Authorization is given. */
  readonly unauthorized: { readonly status: number };
  /** The disk is full, blocked or broken: memory and network go on. */
  readonly storageError: { readonly error: unknown };
}

/** Times of the pictures that came from one source, in milliseconds. */
export interface SourceStats {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** What the client did since it was made. */
export interface AvatarStats {
  /** Pictures that were asked for. */
  readonly requests: number;
  /** Those of them that came without image bytes from the network. */
  readonly hits: number;
  /** hits / requests; 0 before the first. */
  readonly hitRate: number;
  readonly bySource: Readonly<Record<AvatarSource, SourceStats>>;
  /** Calls of `resolve`, answered or not. */
  readonly apiCalls: number;
  /** Ids that were resolved or seeded without a call of their own: batched, fresh, or in flight already. */
  readonly apiCallsSaved: number;
  /** Questions for changes, which the edge answers for everybody at once. */
  readonly livePolls: number;
  /** By what went wrong: an HTTP status, or `network`, `timeout`, `type`, `decode`, `authorization`, `storage`. */
  readonly errors: Readonly<Record<string, number>>;
  /** Bytes of pictures from the network, and in memory now. */
  readonly bytes: { readonly network: number; readonly memory: number };
  /** Answers of pictures from the network by what the edge said of itself. */
  readonly edge: { readonly hits: number; readonly misses: number };
  /** What this browser lets the client do. */
  readonly capabilities: {
    readonly localStorage: boolean;
    readonly indexedDb: boolean;
    readonly serviceWorker: boolean;
    readonly broadcastChannel: boolean;
  };
}

/**
 * The caching client. An id is a userId or an avatarId, as a string. No method throws for what the network or the
 * disk does: that is in the snapshot, the events and the stats.
 */
export interface AvatarClient {
  /** Resolves when the disk is open, or known not to open. Nothing has to wait for it. */
  readonly ready: Promise<void>;
  /** What to paint now; never waits, never asks for anything. `size` is the width in pixels that is wanted. */
  getSnapshot(id: string, size: Size): AvatarSnapshot;
  /** Calls `listener` whenever the snapshot becomes another one; the picture stays in memory until the function that is returned is called. */
  subscribe(id: string, size: Size, listener: () => void): () => void;
  /**
   * Sees to it that the picture is there, and fresh; resolves to the snapshot after one try, be it an answer, an error
   * or a photo that is on its way still. Asks for nothing that is there already. As long as somebody subscribes, too,
   * what failed or grew stale is asked for again.
   */
  ensure(id: string, size: Size): Promise<AvatarSnapshot>;
  /** The same for many, in one call, behind what is being looked at. Default size: 150. */
  prefetch(ids: readonly string[], size?: Size): Promise<void>;
  /** Takes the records of a list that the page has anyway, such as the answer of `recent`: no call is made for them. */
  seed(records: readonly (PartnerRecord | RecentRecord)[]): void;
  /** Asks again for these, here and in all tabs; what is shown stays until the answer is there. */
  invalidate(ids: readonly string[]): void;
  /** Logout: forgets everything of this scope in all tiers and all tabs; answers that are under way are dropped. */
  clear(): Promise<void>;
  /** Another user signed in: from now on nothing of the first one's is seen. */
  setScope(scope: string): void;
  /** Calls `listener` at each event; returns a function that ends that. */
  on<Name extends keyof AvatarEvents>(
    name: Name,
    listener: (event: AvatarEvents[Name]) => void,
  ): () => void;
  readonly monitor: { getStats(): AvatarStats };
  /** Ends the client: listeners, timers, object URLs, connections. */
  destroy(): void;
}
