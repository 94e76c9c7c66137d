// Telegram's stand-in in a process of its own: what it spends is not Cameo's.

import { setLatency } from '../../local/bot-api/control.ts';
import { startBotApi } from '../../local/bot-api/server.ts';
import type { Latency } from '../../local/bot-api/state.ts';
import { answerParent } from '../helper.ts';

/** The token to take, and the ms that each call waits. */
export interface StandInQuestion {
  readonly token: string;
  readonly latency: Latency;
}

/** Its root. */
export type StandInAnswer = string;

answerParent<StandInQuestion, StandInAnswer>(async ({ token, latency }) => {
  const { apiRoot } = await startBotApi({ token });
  await setLatency(apiRoot, latency);
  return apiRoot;
});
