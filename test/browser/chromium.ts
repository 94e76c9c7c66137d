// A real Chromium out of the npm registry: no package of the system is needed, and nothing is downloaded.

import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { unpackedChromium } from './unpacked-chromium.ts';

/** Without a sandbox, as containers have none; nothing is asked of anybody but the page's own server. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Starts the browser; whoever starts it closes it. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, fontsFile } = await unpackedChromium();
  const env = { ...process.env, FONTCONFIG_FILE: fontsFile } as Record<string, string>;
  return chromium.launch({ executablePath, args: FLAGS, env });
}

/** A phone that has never seen the page. Without a service worker it is what Telegram for iOS gives a Mini App. */
export async function newPhone(
  browser: Browser,
  { hasServiceWorker }: { readonly hasServiceWorker: boolean },
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    serviceWorkers: hasServiceWorker ? 'allow' : 'block',
  });
  if (!hasServiceWorker) {
    await context.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
    });
  }
  return context;
}
