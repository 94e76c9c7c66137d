// What a viewer gets while there is no photo yet: how soon the first answer of any kind is there, on an
// idle system and while it renders photos.

import { type Cameo, newUserId, newUserIds, newUserIdWithoutPhoto, startCameo } from './cameo.ts';
import { startHelper } from './helper.ts';
import type { BareServerAnswer, BareServerQuestion } from './helpers/bare-server.ts';
import { elapsedMs, median, quantile } from './measure.ts';
import { ms, printTable, verdict } from './table.ts';

const GOAL_MS = 10;
const SAMPLES = 60;

// As many as keep the workers busy until the samples are taken.
const BUSY_PARTNERS = 64;

/** Measures and prints. */
export async function firstAnswer(): Promise<void> {
  await using cameo = await startCameo();
  await using bare = startHelper<BareServerQuestion, BareServerAnswer>('bare-server');
  const bareUrl = await bare.ask({
    status: 302,
    headers: { location: '/' },
    body: Buffer.alloc(0),
  });
  const rows: string[][] = [];
  const add = (what: string, samples: readonly number[]) => {
    const typical = median(samples);
    rows.push([what, ms(typical), ms(quantile(samples, 0.95)), verdict(typical, GOAL_MS, ' ms')]);
  };
  const bareSamples = () => sample(() => elapsedMs(() => cameo.ask(bareUrl)));

  // Partners without a photo first: registering them leaves nothing behind that would keep the system busy.
  await sample(() => registered(cameo, newUserIdWithoutPhoto()));
  add('bare server', await bareSamples());
  add('stranger, placeholder told', await sample(() => strangerView(cameo)));
  add('registration', await sample(() => registered(cameo, newUserIdWithoutPhoto())));
  add(
    'new partner, placeholder told',
    await sample(() => firstView(cameo, newUserIdWithoutPhoto())),
  );

  await Promise.all(newUserIds(BUSY_PARTNERS).map((userId) => cameo.register(userId)));
  add('rendering: bare server', await bareSamples());
  add('rendering: registration', await sample(() => registered(cameo, newUserId())));
  add(
    'rendering: new partner, placeholder told',
    await sample(() => firstView(cameo, newUserId())),
  );
  printTable(['first answer', 'median', '95 %', 'goal'], rows);
}

async function sample(measure: () => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < SAMPLES; index++) samples.push(await measure());
  return samples;
}

function registered(cameo: Cameo, userId: number): Promise<number> {
  return elapsedMs(() => cameo.register(userId));
}

async function firstView(cameo: Cameo, userId: number): Promise<number> {
  return view(cameo, await cameo.register(userId), 'pending');
}

function strangerView(cameo: Cameo): Promise<number> {
  // Any 26 characters of the alphabet name somebody; nobody is known by these.
  const letters = newUserId().toString().replace(/[01]/g, 'a').replace(/[89]/g, 'z');
  return view(cameo, letters.padStart(26, 'b'), 'unknown');
}

async function view(cameo: Cameo, avatarId: string, expected: string): Promise<number> {
  let found: unknown;
  const tookMs = await elapsedMs(async () => {
    const { headers } = await cameo.ask(`${cameo.url}/avatars/${avatarId}`);
    found = headers['x-avatar'];
  });
  if (found !== expected) throw new Error(`${avatarId} was ${found}, not ${expected}`);
  return tookMs;
}
