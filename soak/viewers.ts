// Whoever looks: at current photos and at versions, at the list, at many, at strangers; with and without patience.

import type { Answer } from '../bench/http-client.ts';
import type { PartnerRecord } from '../core/partner-record.ts';
import { SIZES } from '../core/sizes.ts';
import type { Client } from './client.ts';
import { sleepUnless } from './clock.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { Random } from './random.ts';

/** A viewer's world. */
export interface Gallery {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly over: AbortSignal;
}

type Look = (gallery: Gallery, random: Random, entry: Entry) => Promise<unknown>;

/** Looks by how often they happen, out of a hundred. */
const LOOKS: readonly (readonly [number, Look])[] = [
  [40, current],
  [8, unchanged],
  [18, version],
  [6, patient],
  [5, olderPath],
  [7, recent],
  [8, resolve],
  [8, stranger],
];

const BAG = LOOKS.flatMap(([share, look]) => Array.from({ length: share }, () => look));

const MIN_PAUSE_MS = 20;
const MAX_PAUSE_MS = 120;

/** Looks until the traffic is over. */
export async function look(gallery: Gallery, random: Random): Promise<void> {
  while (await sleepUnless(gallery.over, random.between(MIN_PAUSE_MS, MAX_PAUSE_MS))) {
    const known = gallery.ledger.entries.filter(({ avatarId }) => avatarId !== '');
    if (known.length > 0) await random.pick(BAG)(gallery, random, random.pick(known));
  }
}

function current({ client }: Gallery, random: Random, { avatarId }: Entry) {
  const path = `/avatars/${avatarId}?size=${random.pick(SIZES)}`;
  return client.ask({ kind: 'current photo', path });
}

async function unchanged({ client }: Gallery, _: Random, { avatarId }: Entry) {
  const path = `/avatars/${avatarId}?size=64`;
  const first = await client.ask({ kind: 'current photo', path });
  const etag = first?.headers.etag;
  if (!etag) return;
  await client.ask({ kind: 'current photo, known', path, headers: { 'if-none-match': etag } });
}

async function version({ client }: Gallery, random: Random, { record }: Entry) {
  if (!record?.photoId) return;
  const { pathname } = new URL(record.urls[random.pick(SIZES)]);
  await client.ask({ kind: 'version', path: pathname });
}

function patient({ client }: Gallery, random: Random, { avatarId }: Entry) {
  const path = `/avatars/${avatarId}?wait=${random.between(1, 3)}`;
  return client.ask({ kind: 'with wait=', path });
}

function olderPath({ client }: Gallery, _: Random, { avatarId }: Entry) {
  return client.ask({ kind: 'older path', path: `/api/partner/photo/${avatarId}` });
}

async function recent({ client, ledger }: Gallery, random: Random) {
  const path = `/api/partner/recent?limit=${random.between(1, 50)}&inline=64`;
  remember(ledger, await client.ask({ kind: 'recent', path }));
}

async function resolve({ client, ledger }: Gallery, random: Random) {
  const entries = Array.from({ length: random.between(1, 20) }, () => random.pick(ledger.entries));
  const body = { ids: entries.map(({ userId }) => String(userId)) };
  const path = '/api/partner/resolve';
  remember(ledger, await client.ask({ kind: 'resolve', method: 'POST', path, body }));
}

function stranger({ client }: Gallery, random: Random) {
  const alphabet = [...'abcdefghijklmnopqrstuvwxyz234567'];
  const avatarId = Array.from({ length: 26 }, () => random.pick(alphabet)).join('');
  return client.ask({ kind: 'stranger', path: `/avatars/${avatarId}` });
}

/** Versions are asked for by the URLs that a record told. */
function remember({ entries }: Ledger, answer: Answer | undefined): void {
  if (answer?.status !== 200) return;
  const { partners } = JSON.parse(answer.body.toString('utf8')) as { partners: PartnerRecord[] };
  const byUserId = new Map(entries.map((entry) => [String(entry.userId), entry]));
  for (const record of partners) {
    const entry = byUserId.get(record.userId);
    if (entry) entry.record = record;
  }
}
