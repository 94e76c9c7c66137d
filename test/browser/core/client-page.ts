// A page with the built client in it.

import type { BrowserContext, Page } from 'playwright-core';
import type { createAvatarClient } from '../../../client/core/avatar-client.ts';
import type { AvatarClient, AvatarClientOptions } from '../../../client/core/types.ts';
import type { AvatarServer } from '../avatar-server.ts';

declare global {
  interface Window {
    createAvatarClient: typeof createAvatarClient;
    /** The client of the page. */
    client: AvatarClient;
    /** Makes another one; `options` go over those of the page. */
    another(options?: Partial<AvatarClientOptions>): AvatarClient;
    /** The value of the Authorization header. */
    authorization: string;
    events: { readonly name: string; readonly event: unknown }[];
  }
}

/** Opens the page and makes its client. */
export async function openClientPage(
  phone: BrowserContext,
  { url }: Pick<AvatarServer, 'url'>,
  options: Partial<Omit<AvatarClientOptions, 'getAuthorization'>> = {},
): Promise<Page> {
  const page = await phone.newPage();
  await page.goto(`${url}/`);
  await makeClient(page, options);
  return page;
}

/** Makes the client of a page that was loaded. */
export async function makeClient(
  page: Page,
  options: Partial<Omit<AvatarClientOptions, 'getAuthorization'>> = {},
): Promise<void> {
  await page.evaluate((given) => {
    window.authorization ??= 'tma first';
    window.events = [];
    window.another = (others = {}) =>
      window.createAvatarClient({
        endpoint: location.origin,
        scope: '1',
        getAuthorization: () => window.authorization,
        live: false,
        ...given,
        ...others,
      });
    window.client = window.another();
    for (const name of ['updated', 'unauthorized', 'storageError'] as const) {
      window.client.on(name, (event) => window.events.push({ name, event }));
    }
  }, options);
}
