// What the backend of a bot tells Cameo: over HTTP and with the service key, as any backend does.

import { ActionRefused } from '../page/action.ts';
import type { CastMember } from './cast.ts';

/** Where Cameo is, asked at each call since it listens later than this is made, and the key for it. */
export interface BackendOptions {
  readonly url: () => string;
  /** One key, or two with a blank between them: either is good. */
  readonly serviceKey: string;
}

/** The calls. Each rejects with ActionRefused where Cameo refuses it. */
export interface Backend {
  register(partner: CastMember): Promise<void>;
  /** Tells that the photo is another one, so that Telegram is asked now. */
  tellOfNewPhoto(userId: number): Promise<void>;
  erase(userId: number): Promise<void>;
  /** How many of the newest partners there are, `limit` at most. */
  countRecent(limit: number): Promise<number>;
}

// Of a partner whom Telegram was asked about before, any file_id is news, and no more is made of it (README, "One machine").
const ANY_FILE_ID = 'changed';

/** The backend of the demo page. */
export function createBackend({ url, serviceKey }: BackendOptions): Backend {
  const [key = ''] = serviceKey.split(' ');

  async function call(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(`${url()}/api/partner/${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw new ActionRefused(`Cameo refused ${method} ${path.split('?')[0]} (${response.status})`);
  }

  return {
    register: async ({ userId, ...names }) => {
      await call('PUT', String(userId), names);
    },
    tellOfNewPhoto: async (userId) => {
      await call('PUT', String(userId), { photoFileId: ANY_FILE_ID });
    },
    erase: async (userId) => {
      await call('DELETE', String(userId));
    },
    countRecent: async (limit) => {
      const answer = await call('GET', `recent?limit=${limit}`);
      return ((await answer.json()) as { partners: unknown[] }).partners.length;
    },
  };
}
