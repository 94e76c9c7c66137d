// What happens while a call of Telegram is under way.

import type { CallName } from '../../local/bot-api/call.ts';
import { readCounters } from '../../local/bot-api/control.ts';
import type { Fleet } from './fleet.ts';

/** Comes back while such a call waits for its answer. */
export async function untilInFlight(fleet: Fleet, call: CallName): Promise<void> {
  while ((await readCounters(fleet.apiRoot)).calls[call].inFlight === 0);
}

/** Does something while the next such call is under way. */
export async function during(
  fleet: Fleet,
  call: CallName,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const release = await fleet.deployed.hold(call);
  const delivered = fleet.deployed.deliver('fetch');
  await untilInFlight(fleet, call);
  await meanwhile();
  await release();
  await delivered;
}
