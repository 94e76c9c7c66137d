// A session as a person has one: a visit, a reload, and a second visit, each visit with the list and five profiles. What it costs the API, how much of it came without a byte of a picture from the
// network, and whether the page opens when everything is off.

import type { BrowserContext, Page } from 'playwright-core';
import type { AvatarStats } from '../client/core/types.ts';
import { untilControlled, untilKept, untilSeen } from '../test/browser/acceptance/seen.ts';
import { newPhone } from '../test/browser/chromium.ts';
import type { ClientGround } from './client-ground.ts';

const MIN_HIT_RATE = 0.9;
/** Fewer than two (the issue of the client). */
const MAX_CALLS = 1;
const PROFILES = 5;

/** The rows of the table. */
export async function session(ground: ClientGround): Promise<string[][]> {
  const phone = await newPhone(ground.browser, { hasServiceWorker: true });
  const first = await walk(ground, phone);
  const next = await walk(ground, phone);
  const offline = await opensOffline(ground, phone);
  return [
    ...rowsOf('a session, never seen before', first),
    ...rowsOf('the session after it', next),
    ['all pictures with everything stopped', offline ? 'yes' : 'no', '', '', meets(offline, 'yes')],
  ];
}

/** Pictures that were asked for, those that came without the network, and calls of the API. */
interface Cost {
  readonly firstVisit: number;
  readonly requests: number;
  readonly hits: number;
  readonly calls: number;
}

function rowsOf(what: string, { firstVisit, requests, hits, calls }: Cost): string[][] {
  const rate = hits / requests;
  return [
    [
      `${what}: hits of ${requests} pictures`,
      `${(rate * 100).toFixed(1)} %`,
      '',
      '',
      meets(rate > MIN_HIT_RATE, `> ${MIN_HIT_RATE * 100} %`),
    ],
    ['  in its first visit alone', `${(firstVisit * 100).toFixed(1)} %`, '', '', ''],
    ['  calls of the API', String(calls), '', '', meets(calls <= MAX_CALLS, '< 2')],
  ];
}

function meets(isMet: boolean, goal: string): string {
  return `${isMet ? 'meets' : 'MISSES'} ${goal}`;
}

// What the edge answers for everybody at once is no call: the feed of changes.
const API_CALL = /^(POST|GET) \/api\/(?!partner\/changes)/;

async function walk({ author, front, ids }: ClientGround, phone: BrowserContext): Promise<Cost> {
  const callsBefore = front.count(API_CALL);
  const first = await phone.newPage();
  await first.goto(author.page('partners'));
  const visit = await visitOf(first);
  // A person takes longer than this script.
  await untilKept(first, ids.length + PROFILES);
  await first.reload();
  await untilSeen(first);
  const reload = await statsOf(first);
  await first.close();
  const second = await phone.newPage();
  await second.goto(author.page('partners'));
  const again = await visitOf(second);
  await second.close();
  const parts = [visit, reload, again];
  return {
    firstVisit: visit.hitRate,
    requests: sum(parts.map(({ requests }) => requests)),
    hits: sum(parts.map(({ hits }) => hits)),
    calls: front.count(API_CALL) - callsBefore,
  };
}

/** The list, down to its end and up again, and five profiles, with the way back to the list after each. */
async function visitOf(page: Page): Promise<AvatarStats> {
  await untilSeen(page);
  await untilControlled(page);
  const rows = page.locator('[data-id] button');
  await rows.last().scrollIntoViewIfNeeded();
  await rows.first().scrollIntoViewIfNeeded();
  for (let row = 0; row < PROFILES; row++) {
    await rows.nth(row).tap();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('[data-profile] img')].some(
        ({ complete, naturalWidth }) => complete && naturalWidth === 512,
      ),
    );
    await page.getByRole('button', { name: 'Back' }).tap();
    await untilSeen(page);
  }
  return statsOf(page);
}

function statsOf(page: Page): Promise<AvatarStats> {
  return page.evaluate(() => window.miniApp.client.monitor.getStats());
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function opensOffline(ground: ClientGround, phone: BrowserContext): Promise<boolean> {
  const page = await phone.newPage();
  await page.goto(ground.author.page('partners'));
  await untilSeen(page);
  await ground.front.close();
  await ground.author.close();
  await page.reload();
  const isThere = await untilSeen(page).then(
    () => true,
    () => false,
  );
  await page.close();
  return isThere;
}
