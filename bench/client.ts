// The browser client in a real Chromium, with an edge as far away as a near one is for a phone: what a person waits
// for, what a session costs, and whether it shows what it should.

import { EDGE_MS, PARTNERS, startClientGround } from './client-ground.ts';
import { listSpeed } from './client-list.ts';
import { profileSpeed } from './client-profile.ts';
import { session } from './client-session.ts';
import { update } from './client-update.ts';
import { printTable } from './table.ts';

/** Measures and prints. */
export async function client(): Promise<void> {
  const rows: (readonly string[])[] = [];
  for (const measure of [profileSpeed, listSpeed, update, session]) {
    await using ground = await startClientGround();
    rows.push(...(await measure(ground)));
  }
  console.log(
    `  A Mini App with a list of ${PARTNERS} partners, built client, the edge ${EDGE_MS} ms away; real Chromium, two pixels for each of CSS.`,
  );
  printTable(['what', 'median', 'p95', '÷ network', 'goal'], rows);
}
