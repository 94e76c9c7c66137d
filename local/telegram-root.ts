// Which Bot API local mode talks to: the real one, another server of it, or the stand-in.

import { join } from 'node:path';
import { startBotApi } from './bot-api/server.ts';
import type { Settings } from './settings.ts';

/** A Bot API and the token for it. */
export interface TelegramRoot {
  readonly apiRoot: string;
  readonly botToken: string;
  readonly isStandIn: boolean;
  stop(): Promise<void>;
}

// Nobody's: only the stand-in on this machine takes it.
const STAND_IN_TOKEN = '42:stand-in';

/** The Bot API of the settings; the stand-in is started, and keeps its users' photos in the data folder. */
export async function telegramRoot({ telegram, dataDir }: Settings): Promise<TelegramRoot> {
  if (telegram) return { ...telegram, isStandIn: false, stop: async () => {} };
  const standIn = await startBotApi({
    token: STAND_IN_TOKEN,
    stateFile: join(dataDir, 'stand-in.json'),
  });
  return {
    apiRoot: standIn.apiRoot,
    botToken: STAND_IN_TOKEN,
    isStandIn: true,
    stop: () => standIn.close(),
  };
}
