// Avatars are there before anyone asks: the schedule looks after the newest partners.

import { askForAllDue, behindAll } from './ask-for-photo.ts';
import type { Clock, FetchQueue, PartnerDirectory, PartnerTable } from './ports.ts';

/** What warming needs of the outside. */
export interface WarmPorts {
  readonly directory: Pick<PartnerDirectory, 'newest'>;
  readonly table: Pick<PartnerTable, 'claim' | 'unclaim'>;
  readonly queue: FetchQueue;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** How long an answer of Telegram's is good, before jitter (core/freshness.ts). */
  readonly refreshAgeMs: number;
}

/**
 * Asks for the photos of the `limit` newest partners that are missing or due, behind every viewer's miss;
 * how many were looked at, and how many asked for. A second run at the same time finds the claims taken.
 */
export async function warmRecent(
  { directory, queue, ...ports }: WarmPorts,
  limit: number,
): Promise<{ looked: number; asked: number }> {
  const partners = await directory.newest(limit);
  const asked = await askForAllDue({ ...ports, queues: behindAll(queue) }, partners);
  return { looked: partners.length, asked };
}
