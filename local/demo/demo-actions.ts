// The demo page's buttons: what users do at Telegram, what a backend tells Cameo of it, and what breaks. They exist on
// one machine alone; all but the sign-in only where Telegram is the stand-in.

import * as v from 'valibot';
import { USER_ID } from '../../core/user-id-form.ts';
import {
  addFault,
  changePhoto,
  clearFaults,
  hidePhotos,
  listFaults,
  unhidePhotos,
} from '../bot-api/control.ts';
import { type Action, ActionRefused } from '../page/action.ts';
import { DEMO_USERS, type Signer, signIn } from '../sign-in.ts';
import type { Backend } from './backend.ts';
import { CAST } from './cast.ts';
import type { Line } from './line.ts';

/** What the buttons are joined to. */
export interface DemoOptions {
  readonly signer: Signer;
  /** Root of the stand-in; undefined where Telegram is another one. */
  readonly standInUrl: string | undefined;
  readonly backend: Backend;
  readonly line: Line;
}

/** With fewer partners than this the cast joins. */
const FEW_PARTNERS = 5;

// What photos come by; a bot's other calls go on.
const PHOTO_CALLS = ['getUserProfilePhotos', 'getFile', 'download'] as const;

const userSchema = v.object({ userId: v.pipe(v.string(), v.regex(USER_ID)) });

/** By path. */
export function demoActions(options: DemoOptions): ReadonlyMap<string, Action> {
  const { standInUrl } = options;
  const actions = {
    'sign-in': signInAction(options),
    ...(standInUrl && standInActions({ ...options, standInUrl })),
  };
  return new Map(Object.entries(actions).map(([name, act]) => [`/local/demo/${name}`, act]));
}

/** Signs one of the accounts in, the first where none is named, and tells of all of them and of what is broken. */
function signInAction({ signer, standInUrl, line }: DemoOptions): Action {
  return async (input) => {
    const id = input === undefined ? DEMO_USERS[0]?.id : userIdOf(input);
    const user = DEMO_USERS.find((account) => account.id === id);
    if (!user) throw new ActionRefused('userId is none of the accounts');
    return {
      initData: signIn(signer, user, Date.now()),
      userId: String(user.id),
      accounts: DEMO_USERS.map(({ id, first_name, last_name }) => ({
        userId: String(id),
        name: `${first_name} ${last_name}`,
      })),
      standIn: standInUrl === undefined ? null : await conditionOf(standInUrl, line),
    };
  };
}

function standInActions({
  standInUrl,
  backend,
  line,
}: DemoOptions & { standInUrl: string }): Record<string, Action> {
  const condition = () => conditionOf(standInUrl, line);
  return {
    seed: async () => ({ joined: await seed(backend) }),
    'change-photo': async (input) => {
      const userId = userIdOf(input);
      await unhidePhotos(standInUrl, userId);
      await changePhoto(standInUrl, userId);
      await backend.tellOfNewPhoto(userId);
      return {};
    },
    'hide-photo': async (input) => {
      const userId = userIdOf(input);
      await hidePhotos(standInUrl, userId);
      await backend.tellOfNewPhoto(userId);
      return {};
    },
    erase: async (input) => {
      await backend.erase(userIdOf(input));
      return {};
    },
    'break-telegram': async () => {
      for (const call of PHOTO_CALLS) {
        await addFault(standInUrl, { call, effect: 'error', status: 500, times: null });
      }
      return condition();
    },
    'mend-telegram': async () => {
      await clearFaults(standInUrl);
      return condition();
    },
    'cut-line': () => {
      line.cut(Date.now());
      return condition();
    },
    'mend-line': () => {
      line.mend();
      return condition();
    },
  };
}

/** How many joined: the whole cast, or nobody where there are people already. */
async function seed(backend: Backend): Promise<number> {
  if ((await backend.countRecent(FEW_PARTNERS)) >= FEW_PARTNERS) return 0;
  // One after the other: the list shows them in the order in which they joined.
  for (const partner of CAST) await backend.register(partner);
  return CAST.length;
}

async function conditionOf(standInUrl: string, line: Line): Promise<object> {
  const nowMs = Date.now();
  return {
    isTelegramBroken: (await listFaults(standInUrl)).length > 0,
    lineIsCutMs: Math.max(0, (line.cutUntilMs(nowMs) ?? nowMs) - nowMs),
  };
}

function userIdOf(input: unknown): number {
  const read = v.safeParse(userSchema, input);
  if (!read.success) throw new ActionRefused('Send {"userId": "42"}');
  return Number(read.output.userId);
}
