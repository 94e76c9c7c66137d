// What the measurements of the browser client stand on: the running system, an edge with a distance, a Mini App on
// another origin, and Chromium. The pages are those of the acceptance tests.

import type { Browser } from 'playwright-core';
import { type Author, startAuthor } from '../test/browser/acceptance/author.ts';
import { type Front, startFront } from '../test/browser/acceptance/front.ts';
import { signIn } from '../test/browser/acceptance/sign-in.ts';
import { launchChromium } from '../test/browser/chromium.ts';
import { type Cameo, newUserIds, startCameo } from './cameo.ts';

/** The time that the edge is away, in ms: a round trip of a phone to a near CDN over a mobile network. */
export const EDGE_MS = 40;

/** Partners in the list. */
export const PARTNERS = 24;

/** The running parts. */
export interface ClientGround extends AsyncDisposable {
  readonly cameo: Cameo;
  readonly front: Front;
  readonly author: Author;
  readonly browser: Browser;
  /** The userIds of the list, whose photos are stored. */
  readonly ids: readonly string[];
}

/** Starts all. */
export async function startClientGround(): Promise<ClientGround> {
  const cameo = await startCameo({}, {});
  const userIds = newUserIds(PARTNERS);
  await Promise.all(
    userIds.map(async (userId) => cameo.waitForPhoto(await cameo.register(userId))),
  );
  const front = await startFront(cameo.url, EDGE_MS);
  const ids = userIds.map(String);
  const authorization = await signIn(cameo.url);
  const author = await startAuthor({ endpoint: front.url, ids, authorization });
  const browser = await launchChromium();
  return {
    cameo,
    front,
    author,
    browser,
    ids,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await author.close();
      await front.close();
      await cameo[Symbol.asyncDispose]();
    },
  };
}
