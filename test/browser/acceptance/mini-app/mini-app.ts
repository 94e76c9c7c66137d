// What both Mini Apps of the tests have in common: the client as their author makes it, and the handles by
// which a test does what a person or the author's own code does.

import type { AvatarClient, AvatarClientOptions } from '../../../../client/core/entry.ts';
import { createAvatarClient } from '../../../../client/core/entry.ts';

/** What the author's server puts into the page. */
export interface PageConfig {
  readonly endpoint: string;
  readonly scope: string;
  readonly authorization: string;
  readonly ids: readonly string[];
  readonly options: Partial<AvatarClientOptions>;
}

/** The page, as a test reaches it by `window.miniApp`. */
export interface MiniApp {
  readonly client: AvatarClient;
  readonly ids: readonly string[];
  /** What the client told of, oldest first. */
  readonly events: readonly { readonly name: string; readonly detail: object }[];
  /** The value of the Authorization header from now on. */
  authorization: string;
  /** Shows the list; the list without a framework tells when all its pictures are loaded. */
  mount(): Promise<void>;
  unmount(): void;
  /** How long that took at the start, in ms. */
  readonly loadedMs: Promise<number>;
}

declare global {
  interface Window {
    miniApp: MiniApp;
  }
}

const EVENTS = ['updated', 'unauthorized', 'storageError'] as const;

/** The parts of a Mini App that differ by framework. */
type Views = (client: AvatarClient, config: PageConfig) => Pick<MiniApp, 'mount' | 'unmount'>;

/** Makes the client and the handles; `views` shows and removes the list. */
export function startMiniApp(views: Views): void {
  const config: PageConfig = JSON.parse(document.getElementById('config')?.textContent ?? '');
  const { ids, authorization, endpoint, scope, options } = config;
  const events: { name: string; detail: object }[] = [];
  const client = createAvatarClient({
    endpoint,
    scope,
    getAuthorization: () => window.miniApp?.authorization ?? authorization,
    ...options,
  });
  for (const name of EVENTS) client.on(name, (detail) => events.push({ name, detail }));
  const { mount, unmount } = views(client, config);
  const startedAt = performance.now();
  const loadedMs = mount().then(() => performance.now() - startedAt);
  window.miniApp = { client, ids, events, authorization, mount, unmount, loadedMs };
  navigator.serviceWorker?.register('/sw.js');
}
