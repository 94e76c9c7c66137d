// A phone of the acceptance tests, which ends with its test.

import type { BrowserContext } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { newPhone } from '../chromium.ts';
import { watchObjectUrls } from './object-urls.ts';
import type { World } from './world.ts';

/** A phone that has never seen the page; without a service worker it is an iPhone's Telegram. */
export async function openPhone(
  { browser }: World,
  has: { readonly hasServiceWorker: boolean },
): Promise<BrowserContext> {
  const phone = await newPhone(browser, has);
  onTestFinished(() => phone.close());
  await watchObjectUrls(phone);
  return phone;
}
