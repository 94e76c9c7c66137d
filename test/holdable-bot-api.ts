// The stand-in for Telegram, whose answers a test can keep back for as long as it needs: a latency in milliseconds is
// too short on some machine.

import { setTimeout as sleep } from 'node:timers/promises';
import type { CallName } from '../local/bot-api/call.ts';
import { setLatency } from '../local/bot-api/control.ts';
import { type BotApi, startBotApi } from '../local/bot-api/server.ts';

/** Keeps the answers to a call back until the function that it resolves to is called. */
export type Hold = (call: CallName) => Promise<() => Promise<void>>;

/** Starts one that accepts this token. */
export async function startHoldableBotApi(token: string): Promise<{ botApi: BotApi; hold: Hold }> {
  let held: Promise<void> | undefined;
  const botApi = await startBotApi({
    token,
    wait: (ms, signal) => held ?? sleep(ms, undefined, { signal }),
  });
  const hold: Hold = async (call) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    await setLatency(botApi.apiRoot, { [call]: 1 });
    return async () => {
      await setLatency(botApi.apiRoot, {});
      held = undefined;
      resolve();
    };
  };
  return { botApi, hold };
}
