// Pages with the built client in them.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { createAvatarClient } from '../../../client/core/avatar-client.ts';
import type { AvatarClient, AvatarClientOptions } from '../../../client/core/types.ts';
import { type AvatarServer, startAvatarServer } from '../avatar-server.ts';
import { launchChromium, newPhone } from '../chromium.ts';

type PageOptions = Partial<Omit<AvatarClientOptions, 'getAuthorization'>>;

declare global {
  interface Window {
    createAvatarClient: typeof createAvatarClient;
    /** The client of the page. */
    client: AvatarClient;
    /** The value of the Authorization header. */
    authorization: string;
    /** What the client told of, in order. */
    events: { readonly name: string; readonly event: unknown }[];
  }
}

/** What a test of the client has: a server and a phone of its own. */
export interface ClientWorld {
  readonly server: AvatarServer;
  readonly phone: BrowserContext;
  /** Opens a page and makes its client. */
  open(options?: PageOptions): Promise<Page>;
}

/** Gives each test of the file its world. */
export function setUpClientWorld(): ClientWorld {
  let browser: Browser;
  let server: AvatarServer;
  let phone: BrowserContext;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    server = await startAvatarServer();
    phone = await newPhone(browser, { hasServiceWorker: false });
    return async () => {
      await phone.close();
      await server.stop();
    };
  });

  return {
    get server() {
      return server;
    },
    get phone() {
      return phone;
    },
    async open(options) {
      const page = await phone.newPage();
      await page.goto(`${server.url}/`);
      await makeClient(page, options);
      return page;
    },
  };
}

/** Makes the client of a page that was loaded. */
export async function makeClient(page: Page, options: PageOptions = {}): Promise<void> {
  await page.evaluate((given) => {
    window.authorization ??= 'tma first';
    window.events = [];
    window.client = window.createAvatarClient({
      endpoint: location.origin,
      scope: '1',
      getAuthorization: () => window.authorization,
      live: false,
      ...given,
    });
    for (const name of ['updated', 'unauthorized', 'storageError'] as const) {
      window.client.on(name, (event) => window.events.push({ name, event }));
    }
  }, options);
}

/** Shows an avatar as a page does: subscribed and asked for. Resolves to its snapshot. */
export function show(page: Page, id: string, size: 64 | 150 | 300 | 512 = 150) {
  return page.evaluate(
    ([shown, width]) => {
      window.client.subscribe(shown, width, () => undefined);
      return window.client.ensure(shown, width);
    },
    [id, size] as const,
  );
}

/** The same, with the errors that were counted by then: a second later it may be tried again. */
export function showWithErrors(page: Page, id: string) {
  return page.evaluate(async (shown) => {
    window.client.subscribe(shown, 150, () => undefined);
    const snapshot = await window.client.ensure(shown, 150);
    return { snapshot, errors: window.client.monitor.getStats().errors };
  }, id);
}

/** The snapshot of now. */
export function snapshot(page: Page, id: string, size: 64 | 150 | 300 | 512 = 150) {
  return page.evaluate(([shown, width]) => window.client.getSnapshot(shown, width), [
    id,
    size,
  ] as const);
}

/** Leaves the page and comes back to it, as far as its scripts can tell. */
export function comeBack(page: Page): Promise<unknown> {
  return page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}
