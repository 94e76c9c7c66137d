// A stand-in for one test, and the requests that a bot would make to it.
import { onTestFinished } from 'vitest';
import { type BotApi, type BotApiOptions, startBotApi } from '../../../local/bot-api/server.ts';

/** The token of every stand-in unless a test rotates it. */
export const TOKEN = '123456:AAcanary-canary-canary-canary-canary0';

/** One size as getUserProfilePhotos lists it. */
export interface PhotoSize {
  file_id: string;
  file_unique_id: string;
  file_size: number;
  width: number;
  height: number;
}

/** A running stand-in with the calls of a bot. */
export interface StandIn extends BotApi {
  /** Calls a method with parameters as query. */
  call(method: string, parameters?: Record<string, string | number>): Promise<Response>;
  /** The result of a method that succeeds. */
  result<T>(method: string, parameters?: Record<string, string | number>): Promise<T>;
  /** The sizes of the user's newest photo. */
  sizes(userId: number): Promise<PhotoSize[]>;
  /** The URL of the user's newest photo at a width, after a list and a getFile. */
  fileUrl(userId: number, width?: number): Promise<string>;
}

/** Starts a stand-in that ends with the test. */
export async function standIn(options: Partial<BotApiOptions> = {}): Promise<StandIn> {
  const botApi = await startBotApi({ token: TOKEN, ...options });
  onTestFinished(() => botApi.close());
  const { apiRoot } = botApi;

  const call: StandIn['call'] = (method, parameters = {}) => {
    const query = Object.entries(parameters).map(([key, value]) => [key, String(value)]);
    return fetch(`${apiRoot}/bot${TOKEN}/${method}?${new URLSearchParams(query)}`);
  };
  const result = async <T>(method: string, parameters?: Record<string, string | number>) => {
    const body = (await (await call(method, parameters)).json()) as { result: T };
    return body.result;
  };
  const sizes = async (userId: number) => {
    const { photos } = await result<{ photos: PhotoSize[][] }>('getUserProfilePhotos', {
      user_id: userId,
    });
    return photos[0] ?? [];
  };
  const fileUrl = async (userId: number, width = 640) => {
    const size = (await sizes(userId)).find((size) => size.width === width);
    const file = await result<{ file_path: string }>('getFile', { file_id: size?.file_id ?? '' });
    return `${apiRoot}/file/bot${TOKEN}/${file.file_path}`;
  };
  return { ...botApi, call, result, sizes, fileUrl };
}

/** What a failed call must say. */
export function failing(code: number, description: string) {
  return { ok: false, error_code: code, description };
}
