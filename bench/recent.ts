// What a viewer of the list gets from a system that was started a moment ago: ten partners join, the list is
// read, and each of its URLs is asked for until it shows the photo; against what Telegram itself takes.

import type { Latency } from '../local/bot-api/state.ts';
import {
  AUTHORIZATION,
  CALL_MS,
  type Cameo,
  DOWNLOAD_MS,
  newUserIds,
  startCameo,
} from './cameo.ts';
import { type BareLoop, startBareLoop, telegramMs } from './floor.ts';
import type { Answer } from './http-client.ts';
import { elapsedMs, median } from './measure.ts';
import { ms, printTable, times, verdict } from './table.ts';

const GOAL = 1.5;
const PARTNERS = 10;

/** Systems that are started for each case, and waves of new partners in each; the first wave is the cold one. */
const SYSTEMS = 3;
const WAVES = 5;

/** Telegram's time for each call in ms: as the other sections have it, and as it is between two countries. */
const CASES: readonly { readonly what: string; readonly latency: Latency }[] = [
  {
    what: 'usual',
    latency: { getUserProfilePhotos: CALL_MS, getFile: CALL_MS, download: DOWNLOAD_MS },
  },
  { what: 'far away', latency: { getUserProfilePhotos: 150, getFile: 150, download: 140 } },
];

/** Measures and prints. */
export async function recent(): Promise<void> {
  await using loop = await startBareLoop();
  const rows: string[][] = [];
  for (const { what, latency } of CASES) {
    const cold: Wave[] = [];
    const warm: Wave[] = [];
    for (let system = 0; system < SYSTEMS; system++) {
      const [first, ...others] = await wavesOf(loop, latency);
      if (first) cold.push(first);
      warm.push(...others.slice(-2));
    }
    rows.push(rowOf(`${what}, cold`, cold), rowOf(`${what}, warm`, warm));
  }
  console.log(
    `  ${PARTNERS} new partners, one after the other; until the last of their ${SHOWN_SIZE} px photos is served, since the list was asked for.`,
  );
  printTable(
    ['Telegram', 'one photo', 'the list', 'repeated', 'all', '÷ Telegram', 'goal', '÷ floor'],
    rows,
  );
  console.log(
    '  floor: Telegram and the bare loop. Repeated with its ETag the list was a 304 each time.',
  );
}

const SHOWN_SIZE = 512;

/** Times of one wave in ms. */
interface Wave {
  /** Telegram's own for one photo, and the bare loop's for all. */
  readonly telegram: number;
  readonly bare: number;
  /** The first list, and the 304 when all photos are there. */
  readonly list: number;
  readonly unchanged: number;
  /** From asking for the list until the last photo. */
  readonly photos: number;
}

async function wavesOf(loop: BareLoop, latency: Latency): Promise<Wave[]> {
  await using cameo = await startCameo({}, latency);
  const waves: Wave[] = [];
  const telegram = await telegramMs(cameo.telegramRoot);
  for (let wave = 0; wave < WAVES; wave++) {
    const userIds = newUserIds(PARTNERS);
    const { wallMs: bare } = await loop.render(userIds);
    waves.push({ telegram, bare, ...(await travel(cameo, userIds)) });
  }
  return waves;
}

async function travel(cameo: Cameo, userIds: readonly number[]) {
  for (const userId of userIds) await cameo.register(userId);
  let list = 0;
  const photos = await elapsedMs(async () => {
    let urls: string[] = [];
    list = await elapsedMs(async () => {
      urls = urlsOf(await listOf(cameo, 200), userIds);
    });
    await Promise.all(urls.map((url) => cameo.waitForPhotoAt(url)));
  });
  const { headers } = await listOf(cameo, 200);
  const unchanged = await elapsedMs(() => listOf(cameo, 304, String(headers.etag)));
  return { list, unchanged, photos };
}

async function listOf({ ask, url }: Cameo, status: number, etag = ''): Promise<Answer> {
  const answer = await ask(`${url}/api/partner/recent?limit=${PARTNERS}`, {
    headers: { authorization: AUTHORIZATION, 'if-none-match': etag },
  });
  if (answer.status !== status) throw new Error(`the list was ${answer.status}, not ${status}`);
  return answer;
}

/** The URLs of the list, which must be of these users, each with something to paint at once. */
function urlsOf({ body }: Answer, userIds: readonly number[]): string[] {
  const { partners } = JSON.parse(body.toString('utf8')) as { partners: ListedPartner[] };
  const listed = partners.map(({ userId }) => Number(userId)).sort();
  if (String(listed) !== String(userIds.toSorted())) throw new Error(`the list is of ${listed}`);
  const blank = partners.find(({ lqip, colour }) => lqip === null && !Number.isInteger(colour));
  if (blank) throw new Error(`${blank.userId} has neither a picture nor a colour`);
  return partners.map(({ urls }) => urls[SHOWN_SIZE]);
}

interface ListedPartner {
  readonly userId: string;
  readonly lqip: string | null;
  readonly colour: number;
  readonly urls: Readonly<Record<typeof SHOWN_SIZE, string>>;
}

function rowOf(what: string, waves: readonly Wave[]): string[] {
  const of = (figure: (wave: Wave) => number) => median(waves.map(figure));
  const factor = of(({ photos, telegram }) => photos / telegram);
  return [
    what,
    ms(of(({ telegram }) => telegram)),
    ms(of(({ list }) => list)),
    ms(of(({ unchanged }) => unchanged)),
    ms(of(({ photos }) => photos)),
    times(factor),
    verdict(factor, GOAL),
    times(of(({ photos, telegram, bare }) => photos / (telegram + bare))),
  ];
}
