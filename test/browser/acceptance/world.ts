// Everything that a test of the browser client stands on, all of it real: `npm start` with Telegram's stand-in,
// partners whose photos are stored, a Mini App of another origin, and Chromium.

import { createPublicKey } from 'node:crypto';
import type { Browser } from 'playwright-core';
import type { PartnerRecord } from '../../../core/partner-record.ts';
import { botId } from '../../../local/bot-api/bot-token.ts';
import { loadSignInKey } from '../../../local/sign-in-key.ts';
import { type CameoAndTelegram, startWithTelegram } from '../../acceptance/running-cameo.ts';
import { initDataSigner } from '../../init-data.ts';
import { launchChromium } from '../chromium.ts';
import { type Author, startAuthor } from './author.ts';
import { type Front, startFront } from './front.ts';
import { signIn } from './sign-in.ts';

/** The running parts. */
export interface World extends Omit<CameoAndTelegram, 'hold'> {
  readonly browser: Browser;
  readonly author: Author;
  /** Between the pages and Cameo. */
  readonly front: Front;
  /** The userIds of the list. */
  readonly ids: readonly string[];
  /** Their records now. */
  records(): Promise<PartnerRecord[]>;
  /** An Authorization of two hours ago. */
  expiredSignIn(): string;
}

/** The bot's token, by which the stand-in is asked. */
export const TOKEN = '4242:browser';

// A sign-in is good for an hour.
const TWO_HOURS_S = 7_200;

/** Starts the world, for a `beforeAll` that returns `end`; `partners` of them have a photo. */
export async function startWorld({ partners }: { readonly partners: number }): Promise<World> {
  const { cameo, botApi, end } = await startWithTelegram(TOKEN);
  const front = await startFront(cameo.url);
  const ids = idsWithPhoto(partners);
  await Promise.all(ids.map((id) => cameo.register(id, { firstName: `Ada${id}`, lastName: 'L' })));
  const records = () => cameo.resolve(ids);
  while (!(await records()).every(({ state }) => state === 'stored'));
  const authorization = await signIn(cameo.url);
  const author = await startAuthor({ endpoint: front.url, ids, authorization });
  const browser = await launchChromium();
  return {
    cameo,
    botApi,
    front,
    author,
    browser,
    ids,
    records,
    expiredSignIn: () => {
      const privateKey = loadSignInKey(cameo.dataDir);
      const keys = { privateKey, publicKey: createPublicKey(privateKey) };
      const authDate = Math.floor(Date.now() / 1000) - TWO_HOURS_S;
      const fields = { auth_date: String(authDate) };
      return `tma ${initDataSigner(botId(TOKEN), keys).signIn({ id: 4242 }, fields)}`;
    },
    end: async () => {
      await browser.close();
      await author.close();
      await front.close();
      await end();
    },
  };
}

/** The stand-in has a photo of everybody whose id does not end in 0. */
function idsWithPhoto(count: number): string[] {
  const ids = Array.from({ length: count * 2 }, (_, n) => 1001 + n);
  return ids
    .filter((id) => id % 10 !== 0)
    .slice(0, count)
    .map(String);
}
