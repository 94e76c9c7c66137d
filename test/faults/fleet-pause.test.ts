// What Telegram tells one worker, all obey. The clock of the functions and of the queues is moved, not waited for.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { secondsUntil } from '../../core/fetch-retry.ts';
import type { Partner } from '../../core/partner.ts';
import { SIZES } from '../../core/sizes.ts';
import { WARM_HOLD_MS } from '../../core/telegram-budget.ts';
import { queues } from '../../core/topology.ts';
import { readCounters, resetBotApi } from '../../local/bot-api/control.ts';
import { type Batch, contextOf, type Deployed } from '../lambdas/deployed.ts';
import { errorNamesOf, takeLines } from '../lambdas/log-lines.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { ALL_DONE, CALLS } from './constants.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { steps } from './steps.ts';

type FetchQueueName = 'fetch' | 'warm';

const THROTTLED = { call: 'getUserProfilePhotos', effect: 'error', status: 429 } as const;
const PAUSE_SECONDS = 35;
// Past the refresh age, whatever the jitter.
const DUE_MS = REFRESH_AGE_MS * 1.2;

// What a busy machine sends late is back as late: so long after a pause everything is.
const LATE_MS = 10_000;

// And so long before its end everything is still kept, whatever such a machine does meanwhile.
const EARLY_MS = 10_000;

let fleet: Fleet;
let deployed: Deployed;
beforeAll(async () => {
  fleet = await startFleet();
  deployed = fleet.deployed;
  return fleet.stop;
});
afterEach(() => fleet.tidy());

/** New partners, and the messages that ask for their photos. */
async function asked(count: number, queue: FetchQueueName = 'fetch'): Promise<Partner[]> {
  const partners: Partner[] = [];
  for (let n = 0; n < count; n++) {
    const partner = await fleet.newPartner();
    await fleet.ask(partner, queue);
    partners.push(partner);
  }
  return partners;
}

/** Calls of Telegram, whichever. */
async function callsInAll(): Promise<number> {
  const { lists, files, downloads } = await fleet.calls();
  return lists + files + downloads;
}

/** One worker is told to be silent. */
async function throttled(seconds = PAUSE_SECONDS): Promise<Partner> {
  const [partner = expect.fail('nobody')] = await asked(1);
  await fleet.fault({ ...THROTTLED, retryAfter: seconds });
  await deployed.fetchBatch();
  return partner;
}

/** Lets time pass until this long after the end of the pause. */
async function skipToEndOfPause(afterMs = 0): Promise<void> {
  fleet.pass((await deployed.world.budget.pausedUntilMs()) - Date.now() + afterMs);
}

/** What was sent again: to which queue, and with which delay. */
function sentAgain() {
  return deployed.wires.sqs.seen.map(({ operation, body }) => {
    expect(operation).toBe('SendMessage');
    const { QueueUrl, DelaySeconds } = JSON.parse(body);
    return { queue: nameOf(QueueUrl), DelaySeconds };
  });
}

const nameOf = (url: string) =>
  (['fetch', 'warm'] as const).find((name) => deployed.world.resources.queues[name].url === url);

const receivesOf = ({ event }: Batch) =>
  event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount);

async function expectStored(partners: readonly Partner[]): Promise<void> {
  for (const partner of partners) await fleet.expectStored(partner);
}

describe('fault 14: a 429 that one job meets', () => {
  test('holds back the other jobs of its batch, which come back as new messages when it is over', async () => {
    const partners = await asked(5);
    const [first = expect.fail('nobody')] = partners;
    await fleet.fault({ ...THROTTLED, retryAfter: PAUSE_SECONDS });
    const paused = Promise.withResolvers<void>();
    deployed.wires.dynamodb.intercept(async (exchange) => {
      // The others get their leases when the first one has been told.
      if (steps.lease(exchange) && !exchange.body.includes(first.avatarId)) await paused.promise;
      const answer = await exchange.forward();
      if (steps.pause(exchange)) paused.resolve();
      return answer;
    });

    const { response } = await deployed.fetchBatch();

    expect(response).toEqual(ALL_DONE);
    expect(await callsInAll()).toBe(1);
    const again = sentAgain();
    expect(again.map(({ queue }) => queue)).toEqual(partners.map(() => 'fetch'));
    // The one who met it waits for the whole of it, the others for what is left.
    expect(again.map(({ DelaySeconds }) => DelaySeconds)).toContain(PAUSE_SECONDS);
    const leftSeconds = secondsUntil(await deployed.world.budget.pausedUntilMs(), Date.now());
    for (const { DelaySeconds } of again) {
      expect(DelaySeconds).toBeLessThanOrEqual(PAUSE_SECONDS);
      expect(DelaySeconds).toBeGreaterThanOrEqual(leftSeconds);
    }

    deployed.wires.dynamodb.untouched();
    await skipToEndOfPause(-EARLY_MS);
    expect((await deployed.fetchBatch()).event.Records).toEqual([]);
    await skipToEndOfPause(LATE_MS);
    const after = await deployed.fetchBatch();
    expect(receivesOf(after)).toEqual(partners.map(() => '1'));
    await expectStored(partners);
  });

  test('holds back later batches, each in its own queue, and warming longer', async () => {
    await throttled();
    await asked(3);
    await asked(2, 'warm');
    deployed.wires.sqs.untouched();
    const untilMs = await deployed.world.budget.pausedUntilMs();
    const beforeMs = Date.now();

    const batches = [await deployed.batchOf('fetch'), await deployed.batchOf('warm')];

    expect(batches.map(({ response }) => response)).toEqual([ALL_DONE, ALL_DONE]);
    expect(await callsInAll()).toBe(1);
    const again = sentAgain();
    expect(again.map(({ queue }) => queue)).toEqual(['fetch', 'fetch', 'fetch', 'warm', 'warm']);
    for (const { queue, DelaySeconds } of again) {
      const endMs = untilMs + (queue === 'warm' ? WARM_HOLD_MS : 0);
      expect(DelaySeconds).toBeLessThanOrEqual(secondsUntil(endMs, beforeMs));
      expect(DelaySeconds).toBeGreaterThanOrEqual(secondsUntil(endMs, Date.now()));
    }
  });

  test('lets those go first for whom somebody waits, when it is over', async () => {
    const met = await throttled();
    const misses = [met, ...(await asked(3))];
    const warm = await asked(2, 'warm');
    const untilMs = await deployed.world.budget.pausedUntilMs();
    const beforeMs = Date.now();
    deployed.wires.sqs.untouched();
    await deployed.batchOf('fetch');
    for (const { DelaySeconds } of sentAgain()) {
      expect(DelaySeconds).toBeLessThanOrEqual(secondsUntil(untilMs, beforeMs));
    }
    const backAtMs: number[] = [];
    deployed.wires.sqs.intercept(async ({ body, forward }) => {
      backAtMs.push(Date.now() + JSON.parse(body).DelaySeconds * 1000);
      return forward();
    });
    await deployed.batchOf('warm');

    // A fetch that somebody waits for is back within a second of the end; these are not.
    expect(backAtMs).toHaveLength(2);
    for (const ms of backAtMs) expect(ms).toBeGreaterThanOrEqual(untilMs + WARM_HOLD_MS);
    await skipToEndOfPause(WARM_HOLD_MS + LATE_MS);
    const [viewers, behind] = [await deployed.batchOf('fetch'), await deployed.batchOf('warm')];
    expect(receivesOf(viewers)).toEqual(['1', '1', '1', '1']);
    expect(receivesOf(behind)).toEqual(['1', '1']);
    await expectStored([...misses, ...warm]);
  });

  test('that is short is waited for by the workers, and nobody calls meanwhile', async () => {
    await throttled(1);
    const misses = await asked(2);
    const warm = await asked(1, 'warm');
    deployed.wires.sqs.untouched();
    const untilMs = await deployed.world.budget.pausedUntilMs();

    const batches = [deployed.batchOf('fetch'), deployed.batchOf('warm')] as const;
    for (;;) {
      const total = await callsInAll();
      if (Date.now() >= untilMs) break;
      expect(total).toBe(1);
    }
    for (;;) {
      const { calls } = await readCounters(fleet.apiRoot);
      if (Date.now() >= untilMs + WARM_HOLD_MS) break;
      expect(Object.keys(calls.getUserProfilePhotos.users)).not.toContain(warm[0]?.userId);
    }
    await Promise.all(batches);

    expect(sentAgain()).toEqual([]);
    await expectStored([...misses, ...warm]);
  });

  test('lets no viewer’s request send another message while it lasts', async () => {
    const { avatarId } = await throttled();
    const [later = expect.fail('nobody')] = await asked(1);
    await deployed.batchOf('fetch');
    expect(await deployed.world.delayed('fetch')).toBe(2);

    await skipToEndOfPause(-EARLY_MS);
    for (const id of [avatarId, later.avatarId]) {
      const { status } = await deployed.request('GET', `/avatars/${id}`);
      expect(status).toBe(302);
    }

    expect(await deployed.world.delayed('fetch')).toBe(2);
    expect(await deployed.world.takeMessages()).toEqual([]);
  });

  test.each<FetchQueueName>(['fetch', 'warm'])(
    'comes again and again, and uses up no receive of a message in the %s queue',
    async (queue) => {
      const partners = await asked(2, queue);
      const { maxReceiveCount } = queues[queue];

      for (let n = 0; n <= maxReceiveCount; n++) {
        await fleet.fault({ ...THROTTLED, retryAfter: PAUSE_SECONDS });
        const batch = await deployed.batchOf(queue);
        expect(batch.response).toEqual(ALL_DONE);
        expect(receivesOf(batch)).toEqual(['1', '1']);
        await skipToEndOfPause(WARM_HOLD_MS + LATE_MS);
        await resetBotApi(fleet.apiRoot);
      }

      expect(await deployed.batchOf(queue)).toMatchObject({ response: ALL_DONE });
      await expectStored(partners);
    },
  );
});

describe('fault 15: a 429 with', () => {
  test.each<[string, number | string | undefined, number]>([
    ['no time', undefined, 5],
    ['a time that is none', 'soon', 5],
    ['a time in the past', -3, 5],
    ['a time without end', 1e9, 900],
  ])('%s pauses the fleet for a bounded time', async (_, retryAfter, seconds) => {
    await asked(1);
    await fleet.fault({ ...THROTTLED, ...(retryAfter !== undefined && { retryAfter }) });
    const beforeMs = Date.now();

    await deployed.fetchBatch();

    const untilMs = await deployed.world.budget.pausedUntilMs();
    expect(untilMs).toBeGreaterThanOrEqual(beforeMs + seconds * 1000);
    expect(untilMs).toBeLessThanOrEqual(Date.now() + seconds * 1000);
    expect(sentAgain()).toEqual([{ queue: 'fetch', DelaySeconds: seconds }]);
    expect(errorNamesOf(takeLines(deployed))).toEqual(['TelegramThrottled']);
  });

  test('any time is one line in the log, which a metric counts; whoever only waits is none', async () => {
    await asked(4);
    const [first, second] = ['getUserProfilePhotos', 'getFile'] as const;
    await fleet.fault({ ...THROTTLED, call: second, retryAfter: PAUSE_SECONDS });
    await deployed.fetchBatch();
    const total = await callsInAll();
    await fleet.fault({ ...THROTTLED, call: first, retryAfter: 1e9 });
    await skipToEndOfPause(LATE_MS);
    await deployed.fetchBatch();

    expect(total).toBeGreaterThan(1);
    const throttled = errorNamesOf(takeLines(deployed)).filter(
      (name) => name === 'TelegramThrottled',
    );
    expect(throttled).toHaveLength(2);
  });

  test('the longest time is kept though SQS delays a message no longer', async () => {
    await throttled(1e9);
    await asked(1, 'warm');
    deployed.wires.sqs.untouched();

    const beforeMs = Date.now();
    const untilMs = (await deployed.world.budget.pausedUntilMs()) + WARM_HOLD_MS;
    await deployed.batchOf('warm');
    const [{ DelaySeconds } = expect.fail('nothing'), ...others] = sentAgain();
    expect(others).toEqual([]);
    expect(DelaySeconds).toBeLessThanOrEqual(Math.min(900, secondsUntil(untilMs, beforeMs)));
    expect(DelaySeconds).toBeGreaterThanOrEqual(Math.min(900, secondsUntil(untilMs, Date.now())));
    fleet.pass(DelaySeconds * 1000 - EARLY_MS);
    expect(receivesOf(await deployed.batchOf('warm'))).toEqual([]);
  });
});

describe('fault 18: a token that is refused', () => {
  const MINUTES = 10;

  test('pauses the fleet for a minute', async () => {
    const partners = await asked(1);
    await fleet.fault({ ...THROTTLED, status: 401 });
    await deployed.fetchBatch();
    partners.push(...(await asked(2)));

    await deployed.fetchBatch();
    expect(await callsInAll()).toBe(1);

    await skipToEndOfPause(LATE_MS);
    expect(receivesOf(await deployed.fetchBatch())).toEqual(['1', '1', '1']);
    await expectStored(partners);
  });

  test('for ten minutes costs a call a minute; whatever is stored is served, and nothing is purged', async () => {
    const old = await asked(2);
    await deployed.fetchBatch();
    fleet.pass(DUE_MS);
    await resetBotApi(fleet.apiRoot);
    for (const call of CALLS) {
      await fleet.fault({ call, effect: 'error', status: 401, times: null });
    }
    const [missing = expect.fail('nobody')] = await asked(1);
    const before = await storedOf(old);
    fleet.untouched();

    await expectServed(old);
    for (let minute = 0; minute < MINUTES; minute++) {
      const { status } = await deployed.request('GET', `/avatars/${missing.avatarId}`);
      expect(status).toBe(302);
      await deployed.handlers.warmRecent({}, contextOf('warmRecent'));
      await deployed.deliver('fetch');
      await deployed.deliver('warm');
      fleet.pass(60_000 + WARM_HOLD_MS);
    }
    await expectServed(old);

    const refused = errorNamesOf(takeLines(deployed)).filter(
      (name) => name === 'TelegramUnauthorized',
    );
    const total = await callsInAll();
    expect(total).toBeLessThanOrEqual(MINUTES);
    expect(total).toBeGreaterThan(1);
    expect(refused).toHaveLength(total);
    expect(await storedOf(old)).toEqual(before);
    expect(deployed.wires.s3.seen.filter(({ operation }) => !operation.startsWith('GET'))).toEqual(
      [],
    );
    expect(await deployed.world.takeMessages('erase')).toEqual([]);
    expect(deployed.invalidated).toEqual([]);

    await resetBotApi(fleet.apiRoot);
    await skipToEndOfPause(WARM_HOLD_MS + LATE_MS);
    const batches = [await deployed.deliver('fetch'), await deployed.deliver('warm')];
    expect(new Set(batches.flatMap(receivesOf))).toEqual(new Set(['1']));
    await expectStored([...old, missing]);
  });

  /** Every URL of these partners' photos has them: the current one, the older path, and the versions. */
  async function expectServed(partners: readonly Partner[]): Promise<void> {
    for (const { avatarId, photo } of await storedOf(partners)) {
      const paths = SIZES.flatMap((size) => [
        `/avatars/${avatarId}?size=${size}`,
        `/api/partner/photo/${avatarId}?size=${size}`,
        `/avatars/${avatarId}/${photo?.photoId}/${size}.webp`,
      ]);
      const answers = await Promise.all(paths.map((path) => deployed.request('GET', path)));
      expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    }
  }
});

/** What the table has of these partners, but for claims, which come and go. */
async function storedOf(partners: readonly Partner[]): Promise<readonly Partner[]> {
  const known = await Promise.all(partners.map((partner) => fleet.stored(partner)));
  return known.map((partner) => {
    if (!partner) expect.fail('somebody is gone');
    const { claimedUntilMs: _, ...rest } = partner;
    return rest;
  });
}
