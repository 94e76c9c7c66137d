// What a page makes of object URLs, seen from outside of the client. A picture's bytes are read from here as well: to
// fetch its URL would put it out of the browser's list of available images, on which `complete` depends.

import type { BrowserContext, Page } from 'playwright-core';

/** All object URLs of a page. */
export interface ObjectUrls {
  /** The types of all blobs that became one. */
  readonly types: string[];
  /** Those that are not given back. */
  readonly alive: Map<string, Blob>;
}

declare global {
  interface Window {
    objectUrls: ObjectUrls;
  }
}

/** Watches all pages of this phone from now on. */
export async function watchObjectUrls(phone: BrowserContext): Promise<void> {
  await phone.addInitScript(() => {
    const alive = new Map<string, Blob>();
    const types: string[] = [];
    window.objectUrls = { types, alive };
    const { createObjectURL, revokeObjectURL } = URL;
    URL.createObjectURL = (blob: Blob) => {
      const url = createObjectURL(blob);
      types.push(blob.type);
      alive.set(url, blob);
      return url;
    };
    URL.revokeObjectURL = (url: string) => {
      alive.delete(url);
      revokeObjectURL(url);
    };
  });
}

/** How many object URLs of the page are not given back. */
export function aliveObjectUrls(page: Page): Promise<number> {
  return page.evaluate(() => window.objectUrls.alive.size);
}
