// What one partner does: joins, and then changes the photo, hides it, leaves and comes back, or nothing. One thing
// after the other, each answered before the next, so that it is known what must be true in the end.

import { changePhoto, hidePhotos, unhidePhotos } from '../local/bot-api/control.ts';
import type { Client } from './client.ts';
import { sleepUnless } from './clock.ts';
import type { Entry } from './ledger.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import type { Telegram } from './telegram.ts';

/** What a life goes on in. */
export interface World {
  readonly client: Client;
  readonly telegram: Telegram;
  readonly tally: Tally;
  /** When nothing new is to be begun. */
  readonly over: AbortSignal;
}

type Life = (world: World, random: Random, entry: Entry) => Promise<void>;

const LIVES: readonly Life[] = [quiet, quiet, quiet, quiet, changing, changing, hiding, leaving];

/** Lives one life to its end, or until the traffic is over. */
export async function live(world: World, random: Random, entry: Entry): Promise<void> {
  await register(world, entry, { warm: random.chance(0.15) });
  await random.pick(LIVES)(world, random, entry);
}

/** Registers, and nothing else, but perhaps once more. */
async function quiet(world: World, random: Random, entry: Entry): Promise<void> {
  if (!random.chance(0.3)) return;
  if (await sleepUnless(world.over, random.between(0, 15_000))) await register(world, entry);
}

async function changing(world: World, random: Random, entry: Entry): Promise<void> {
  for (let left = random.between(1, 4); left > 0; left--) {
    if (!(await sleepUnless(world.over, random.between(500, 15_000)))) return;
    await changePhoto(world.telegram.apiRoot, entry.userId);
    await announce(world, random, entry);
  }
}

async function hiding(world: World, random: Random, entry: Entry): Promise<void> {
  if (!(await sleepUnless(world.over, random.between(500, 15_000)))) return;
  await hidePhotos(world.telegram.apiRoot, entry.userId);
  await announce(world, random, entry);
  if (random.chance(0.5)) return;
  if (!(await sleepUnless(world.over, random.between(500, 15_000)))) return;
  entry.occasions++;
  await unhidePhotos(world.telegram.apiRoot, entry.userId);
  await announce(world, random, entry);
}

async function leaving(world: World, random: Random, entry: Entry): Promise<void> {
  if (!(await sleepUnless(world.over, random.between(500, 15_000)))) return;
  await erase(world, entry);
  if (random.chance(0.3)) return;
  if (!(await sleepUnless(world.over, random.between(0, 40_000)))) return;
  // A list may be older than the wish to be forgotten; who joins again means it.
  if (random.chance(0.4)) await register(world, entry, { warm: true });
  else {
    entry.occasions++;
    await register(world, entry);
  }
}

/** Tells of a change, half of the time by the file_id that a bot would know of it. */
async function announce(world: World, random: Random, entry: Entry): Promise<void> {
  const known = random.chance(0.5) ? await world.telegram.fileIdOf(entry.userId) : undefined;
  await register(world, entry, { photoFileId: known ?? 'any' });
}

async function register(
  { client, tally }: World,
  entry: Entry,
  { warm = false, photoFileId }: { readonly warm?: boolean; readonly photoFileId?: string } = {},
): Promise<void> {
  const { status, body } = await client.insist({
    kind: kindOf(warm, photoFileId),
    method: 'PUT',
    path: `/api/partner/${entry.userId}${warm ? '?warm=1' : ''}`,
    body: { firstName: `User ${entry.userId}`, ...(photoFileId && { photoFileId }) },
  });
  if (entry.erased && warm) {
    if (status !== 410) tally.problem(`a list brought ${entry.userId} back: ${status}`);
  } else if (status === 202) {
    entry.record = JSON.parse(body.toString('utf8'));
    entry.avatarId = entry.record?.avatarId ?? '';
    entry.erased = false;
  } else tally.problem(`registering ${entry.userId}: ${status} ${body}`);
}

function kindOf(warm: boolean, photoFileId: string | undefined): string {
  if (photoFileId) return 'news of a photo';
  return warm ? 'registration by a list' : 'registration';
}

async function erase({ client, tally }: World, entry: Entry): Promise<void> {
  const path = `/api/partner/${entry.userId}`;
  const { status, body } = await client.insist({ kind: 'erasure', method: 'DELETE', path });
  if (status !== 202) return tally.problem(`erasing ${entry.userId}: ${status} ${body}`);
  entry.erased = true;
  entry.erasureIds.push(JSON.parse(body.toString('utf8')).erasureId);
}
