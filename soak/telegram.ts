// Telegram for the run: the stand-in, in this process, so that it outlives a kill of Cameo.

import { clearFaults, readCounters, setLatency } from '../local/bot-api/control.ts';
import type { UserReport } from '../local/bot-api/control-users.ts';
import type { CounterReport } from '../local/bot-api/counters.ts';
import { startBotApi } from '../local/bot-api/server.ts';

/** The stand-in, and what a bot or a look at Telegram knows. */
export interface Telegram {
  readonly apiRoot: string;
  /** The 640 px file_id of what the user shows; `undefined` for nothing. */
  fileIdOf(userId: number): Promise<string | undefined>;
  /** What Telegram shows the bot now; `undefined` for nothing. */
  shownPhotoOf(userId: number): Promise<UserReport['photos'][number] | undefined>;
  /** The `file_unique_id` of every photo that the user ever had, in the size that is downloaded. */
  photoIdsOf(userId: number): Promise<readonly string[]>;
  counters(): Promise<CounterReport>;
  clearFaults(): Promise<void>;
}

// What a call and a download take, in milliseconds, as the benchmark has it.
const LATENCY = { getUserProfilePhotos: 60, getFile: 60, download: 80 };

/** Starts it; it ends with this process. */
export async function startTelegram(token: string): Promise<Telegram> {
  const { apiRoot } = await startBotApi({ token });
  await setLatency(apiRoot, LATENCY);
  const userOf = async (userId: number): Promise<UserReport | undefined> => {
    const answer = await fetch(`${apiRoot}/control/users/${userId}`);
    return answer.status === 404 ? undefined : ((await answer.json()) as UserReport);
  };
  return {
    apiRoot,
    // Cameo never calls getChat, so this does not mix with the calls that are counted.
    fileIdOf: async (userId) => {
      const answer = await fetch(`${apiRoot}/bot${token}/getChat?chat_id=${userId}`);
      const { result } = (await answer.json()) as {
        result?: { photo?: { big_file_id: string } };
      };
      return result?.photo?.big_file_id;
    },
    shownPhotoOf: async (userId) => {
      const user = await userOf(userId);
      return user?.hidden ? undefined : user?.photos[0];
    },
    photoIdsOf: async (userId) => {
      const user = await userOf(userId);
      return user?.photos.map(({ bigUniqueId }) => bigUniqueId) ?? [];
    },
    counters: () => readCounters(apiRoot),
    clearFaults: () => clearFaults(apiRoot),
  };
}
