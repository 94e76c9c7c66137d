import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { telegram } from '../../adapters/telegram.ts';
import { doFetchJob, type FetchInvocation, type FetchJobPorts } from '../../core/do-fetch-job.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import { LEASE_MARGIN_MS, MIN_FETCH_MS } from '../../core/lease.ts';
import type { Telegram } from '../../core/ports.ts';
import { renderWebp } from '../../core/render-webp.ts';
import { WARM_HOLD_MS } from '../../core/telegram-budget.ts';
import { readCounters, resetCounters } from '../../local/bot-api/control.ts';
import { type BotApi, startBotApi } from '../../local/bot-api/server.ts';
import { NOW, startWorld, type TestClock, testClock, type World } from '../world.ts';

const TOKEN = '123456:do-fetch-job';
const INVOCATION_MS = 20_000;

let world: World;
let botApi: BotApi;
let bot: Telegram;
let clock: TestClock;
let job: FetchJob;
/** Until when leases were asked for, and after how long the signals of the attempts go off. */
let leasesUntilMs: number[];
let signalsAfterMs: number[];
let turns: number;
let userId = 1;
beforeAll(async () => {
  world = await startWorld();
  botApi = await startBotApi({ token: TOKEN });
  bot = telegram(botApi.apiRoot, { read: async () => TOKEN, forget: () => {} });
  return async () => {
    await botApi.close();
    await world.stop();
  };
});
beforeEach(async () => {
  const { tableName: TableName } = world.resources;
  const Key = { avatarId: { S: 'telegram' } };
  await world.clients.dynamodb.send(new DeleteItemCommand({ TableName, Key }));
  await resetCounters(botApi.apiRoot);
  clock = testClock();
  userId += 10;
  const { avatarId } = await world.join(userId);
  job = { avatarId, checkedBeforeMs: NOW };
  leasesUntilMs = [];
  signalsAfterMs = [];
  turns = 0;
});

/** The real ports, which say what a fetch may take. */
function ports(): FetchJobPorts {
  const { table, bucket, budget, eraseQueue } = world;
  return {
    bucket,
    eraseQueue,
    clock,
    telegram: bot,
    render: renderWebp,
    budget: {
      takeTurn: (...given) => {
        turns += 1;
        return budget.takeTurn(...given);
      },
    },
    table: {
      ...table,
      acquireLease: (avatarId, request) => {
        leasesUntilMs.push(request.untilMs);
        return table.acquireLease(avatarId, request);
      },
    },
  };
}

/** An invocation that began at `NOW` and lasts so long. */
function invocation(
  lastsMs = INVOCATION_MS,
  fields: Partial<FetchInvocation> = {},
): FetchInvocation {
  return {
    owner: 'worker',
    priority: 'miss',
    receives: 1,
    remainingMs: () => NOW + lastsMs - clock.nowMs(),
    signalAfter: (ms) => {
      signalsAfterMs.push(ms);
      return new AbortController().signal;
    },
    ...fields,
  };
}

async function calls(): Promise<number> {
  return (await readCounters(botApi.apiRoot)).calls.getUserProfilePhotos.total;
}

const pauseFor = (ms: number) => world.budget.pause('unauthorized', NOW + ms, NOW);

describe('a fetch job', () => {
  test('is done, and nothing is sent again', async () => {
    const done = await doFetchJob(ports(), job, invocation());

    expect(done).toEqual({ outcome: { kind: 'stored' }, again: undefined });
    expect((await world.table.get(job.avatarId))?.checkedAtMs).toBe(NOW);
    expect([turns, await calls()]).toEqual([1, 1]);
  });

  test('that comes twice takes neither a turn nor a lease', async () => {
    await doFetchJob(ports(), job, invocation());

    const done = await doFetchJob(ports(), job, invocation());

    expect(done).toEqual({ outcome: { kind: 'fresh' }, again: undefined });
    expect([turns, leasesUntilMs.length]).toEqual([1, 1]);
  });

  test('whose lease another worker has is sent again for when that is over', async () => {
    const request = { nowMs: NOW, untilMs: NOW + 7_001, checkedBeforeMs: NOW };
    await world.table.acquireLease(job.avatarId, { owner: 'another', ...request });

    const { outcome, again } = await doFetchJob(ports(), job, invocation());

    expect(outcome).toEqual({ kind: 'busy', untilMs: NOW + 7_001 });
    expect(again).toEqual({ job, delaySeconds: 8 });
    expect(await calls()).toBe(0);
  });

  test('whose turn comes too late is sent again for then, and asks for nothing', async () => {
    await pauseFor(34_001);

    const { outcome, again } = await doFetchJob(ports(), job, invocation());

    expect(outcome).toEqual({ kind: 'waits', delaySeconds: 35 });
    expect(again).toEqual({ job, delaySeconds: 35 });
    expect([leasesUntilMs, await calls()]).toEqual([[], 0]);
  });

  test('takes the turn of its queue', async () => {
    await pauseFor(34_000);

    const { outcome } = await doFetchJob(
      ports(),
      job,
      invocation(INVOCATION_MS, { priority: 'warm' }),
    );

    const delaySeconds = Math.ceil((34_000 + WARM_HOLD_MS) / 1000);
    expect(outcome).toEqual({ kind: 'waits', delaySeconds });
  });
});

describe('the time of an invocation', () => {
  test('is the lease’s after the turn was waited for, with a margin, and the signal’s but for the end', async () => {
    await pauseFor(3_000);

    await doFetchJob(ports(), job, invocation());

    expect(clock.nowMs()).toBe(NOW + 3_000);
    expect(leasesUntilMs).toEqual([NOW + INVOCATION_MS + LEASE_MARGIN_MS]);
    // A second and a half to release the lease and to bring the message back.
    expect(signalsAfterMs).toEqual([INVOCATION_MS - 3_000 - 1_500]);
    expect((await world.table.get(job.avatarId))?.checkedAtMs).toBe(NOW + 3_000);
  });

  test('is waited away only as far as a fetch still fits in', async () => {
    await pauseFor(3_000);

    const tooShort = await doFetchJob(ports(), job, invocation(3_000 + MIN_FETCH_MS - 1));
    const sufficient = await doFetchJob(ports(), job, invocation(3_000 + MIN_FETCH_MS));

    expect(tooShort.outcome).toEqual({ kind: 'waits', delaySeconds: 3 });
    expect(sufficient.outcome).toEqual({ kind: 'stored' });
  });

  test.each([MIN_FETCH_MS - 1, 0, Number.NaN])(
    'that is too short for a fetch, or none at all, begins none, and takes no turn: %d ms',
    async (lastsMs) => {
      const refused = doFetchJob(ports(), job, invocation(lastsMs));

      await expect(refused).rejects.toMatchObject({
        name: 'TooLittleTime',
        message: `${lastsMs} ms are left`,
      });
      expect([turns, leasesUntilMs]).toEqual([0, []]);
    },
  );

  test('that went by while it waited begins none either', async () => {
    await world.budget.takeTurn('warm', NOW);
    // A frozen instance sleeps longer than it is told.
    clock.onSleep = () => clock.advance(INVOCATION_MS);

    const refused = doFetchJob(ports(), job, invocation(INVOCATION_MS, { priority: 'warm' }));

    await expect(refused).rejects.toMatchObject({ name: 'TooLittleTime' });
    expect([turns, leasesUntilMs, await calls()]).toEqual([1, [], 0]);
  });
});
