// Before anything is measured: every kind of request once and more, so that modules are loaded, connections were
// made and code is compiled.

import type { Client } from './client.ts';
import { eventually } from './clock.ts';
import type { Ledger } from './ledger.ts';
import { live, type World } from './life.ts';
import { randomOf } from './random.ts';
import { look } from './viewers.ts';

const PARTNERS = 30;
const LOOKING_MS = 6_000;

/** Brings the first partners, has them looked at, and resolves when all have what Telegram shows of them. */
export async function warmUp(world: World, ledger: Ledger, seed: number): Promise<void> {
  const over = AbortSignal.timeout(LOOKING_MS);
  const shortly = { ...world, over };
  await Promise.all([
    ...Array.from({ length: PARTNERS }, () => {
      const entry = ledger.newEntry();
      return live(shortly, randomOf(seed, `partner ${entry.userId}`), entry);
    }),
    look({ ...shortly, ledger }, randomOf(seed, 'first viewer')),
  ]);
  const arrived = () => hasArrived(world.client);
  await eventually(arrived, { everyMs: 500, limitMs: LOOKING_MS });
}

async function hasArrived(client: Client): Promise<boolean> {
  const path = '/api/partner/recent?limit=50';
  const { body } = await client.insist({ kind: 'recent', path });
  const { partners } = JSON.parse(body.toString('utf8')) as { partners: { state: string }[] };
  return partners.every(({ state }) => state !== 'pending');
}
