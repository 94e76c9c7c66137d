// A worker that dies at every call that it makes, one after the other: exhaustively, until a run has no such call
// any more. Time passes then, the message comes to another worker, and the end is held against the promise.

import { randomUUID } from 'node:crypto';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from 'vitest';
import { beginErasure } from '../../core/begin-erasure.ts';
import type { FetchJob } from '../../core/fetch-job.ts';
import { registerPartner } from '../../core/register-partner.ts';
import { type ServePorts, serveCurrentPhoto } from '../../core/serve-photo.ts';
import { BAD_PHOTO } from '../model/telegram.ts';
import { type MovedClocks, movedClocks } from '../moved-clocks.ts';
import { REFRESH_AGE_MS } from '../refresh-age.ts';
import { startWorld, URL_KEY, type World } from '../world.ts';
import {
  crashAt,
  rawItem,
  receiveAllButOnce,
  type Scenario,
  type Stage,
  stageOf,
  storePhoto,
} from './crash-scenario.ts';
import { type CrashPoint, type Dying, dying } from './dying-ports.ts';

const TOMBSTONE_DAYS = 30;

let world: World;
let clocks: MovedClocks;
let userId = 0;
beforeAll(async () => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  world = await startWorld();
  clocks = movedClocks();
  return async () => {
    clocks.restore();
    await world.stop();
  };
});

/** Crashes before and after every call there is; how many crashes that were. */
async function crashEverywhere(scenario: Scenario): Promise<number> {
  const play = (point: CrashPoint) => {
    userId += 1;
    const stage = stageOf(world, clocks, String(userId), scenario.shown);
    return crashAt(stage, scenario, point);
  };
  let call = 1;
  let played = await play({ call, when: 'before' });
  while (played.where !== undefined) {
    call += 1;
    played = await play({ call, when: 'before' });
  }
  // After a call that is alone all is as it is before the next one: beside others it is not, nor after the last.
  const others = new Set([...played.sideBySide, played.calls]);
  for (const other of others) await play({ call: other, when: 'after' });
  return played.calls + others.size;
}

/** A message that asks for the photo, whatever is stored. */
async function ask(
  { world, avatarId }: Stage,
  job: Partial<FetchJob> = {},
  queue: 'fetch' | 'warm' = 'fetch',
): Promise<FetchJob> {
  const whole = { avatarId, checkedBeforeMs: Date.now(), ...job };
  await world.queues[queue].send(whole);
  return whole;
}

const join = ({ world, userId }: Stage) => world.join(userId);

/** A viewer, when every claim is over. */
async function view({ world, clock, clocks, avatarId }: Stage, ports = never()): Promise<void> {
  clocks.pass(11_000);
  const servePorts: ServePorts = {
    table: ports.through('table', world.table),
    bucket: world.bucket,
    queues: {
      fetch: ports.through('fetch', world.queues.fetch),
      warm: ports.through('warm', world.queues.warm),
    },
    memory: {
      partner: () => undefined,
      rememberPartner: () => {},
      photo: () => undefined,
      rememberPhoto: () => {},
    },
    clock,
    refreshAgeMs: REFRESH_AGE_MS,
    report: (error) => {
      throw error;
    },
  };
  await serveCurrentPhoto(servePorts, { avatarId, size: 150, ifNoneMatch: [], waitMs: 0 });
}

function never(): Dying {
  return dying(async () => {});
}

function register({ world, clock, userId }: Stage, ports = never()) {
  const registerPorts = {
    table: ports.through('table', world.table),
    queues: {
      fetch: ports.through('fetch', world.queues.fetch),
      warm: ports.through('warm', world.queues.warm),
    },
    clock,
    refreshAgeMs: REFRESH_AGE_MS,
  };
  const profile = { userId, firstName: 'Ada' };
  return registerPartner(registerPorts, URL_KEY, profile, {
    photoFileId: undefined,
    occasion: 'joined',
  });
}

function forget({ world, clock, avatarId }: Stage, ports = never()) {
  const erasures = ports.through('erasures', world.erasures);
  const queue = ports.through('erase', world.eraseQueue);
  return beginErasure({ erasures, queue, clock }, avatarId, randomUUID(), TOMBSTONE_DAYS);
}

async function expectForgotten(stage: Stage): Promise<void> {
  expect(await rawItem(stage)).toEqual({
    avatarId: { S: stage.avatarId },
    erasedAtMs: expect.anything(),
    changedOf: { S: 'photo' },
    changedAtMs: expect.anything(),
    expiresAtSeconds: expect.anything(),
  });
  expect([...stage.edge.photoIds]).toEqual([]);
}

/** What a person does when the fault is mended: `aws sqs start-message-move-task`. */
async function redriveDeadLetters({ world }: Stage): Promise<number> {
  const { sqs } = world.clients;
  const { url, deadLetterUrl } = world.resources.queues.fetch;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10 }),
  );
  for (const { Body, ReceiptHandle } of Messages) {
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: Body }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle }));
  }
  return Messages.length;
}

const scenarios: Record<string, Scenario> = {
  'a new partner': {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      return ask(stage);
    },
  },
  'a photo that changed': {
    shown: 'B',
    pointers: ['A', 'B'],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      return ask(stage);
    },
  },
  'a photo that nobody waits for and that is still the same': {
    shown: 'A',
    pointers: ['A'],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      return ask(stage, {}, 'warm');
    },
  },
  'a photo that is gone': {
    shown: undefined,
    pointers: ['A', undefined],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      return ask(stage);
    },
    end: async ({ edge }) => expect([...edge.photoIds]).toEqual([]),
  },
  'a photo whose objects are lost': {
    shown: 'A',
    pointers: ['A'],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      await world.bucket.remove(stage.avatarId, 'A');
      return ask(stage, { lostPhotoId: 'A' });
    },
  },
  'a photo that a backend named': {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      return ask(stage, { photoFileId: 'A' });
    },
  },
  'a file that a backend named and that is no photo': {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      return ask(stage, { photoFileId: BAD_PHOTO });
    },
  },
  'a file that a backend named and that is gone': {
    shown: 'old',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      stage.telegram.show('A', true);
      return ask(stage, { photoFileId: 'old' });
    },
  },
  'a photo that cannot be shown': {
    shown: BAD_PHOTO,
    pointers: ['A'],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      return ask(stage);
    },
  },
  'a pause in the middle': {
    shown: 'B',
    pointers: ['A', 'B'],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      stage.telegram.throttle(35, 1);
      return ask(stage);
    },
  },
  'a message on its last receive': {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      const job = await ask(stage);
      await receiveAllButOnce(stage);
      return job;
    },
    afterwards: redriveDeadLetters,
  },
  'a message that fails on its last receive': {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      const job = await ask(stage);
      await receiveAllButOnce(stage);
      stage.telegram.fail();
      return job;
    },
    afterwards: async (stage) => {
      stage.telegram.calm();
      expect(await redriveDeadLetters(stage)).toBeGreaterThan(0);
    },
  },
  'a message that fails once': {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      stage.telegram.fail(1);
      return ask(stage);
    },
  },
  'a registration': {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async () => undefined,
    act: (stage, ports) => register(stage, ports),
    // Whoever was not told that it is done says it again; a viewer comes in any case.
    afterwards: async (stage) => {
      if (!(await rawItem(stage))) await register(stage);
      await view(stage);
    },
  },
  "a viewer's miss": {
    shown: 'A',
    pointers: [undefined, 'A'],
    arrange: async (stage) => {
      await join(stage);
      return undefined;
    },
    act: view,
    afterwards: (stage) => view(stage),
  },
  'the beginning of an erasure': {
    shown: 'A',
    pointers: ['A', undefined],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      return undefined;
    },
    act: (stage, ports) => forget(stage, ports),
    afterwards: async (stage) => {
      if ((await rawItem(stage))?.userId) await forget(stage);
    },
    end: expectForgotten,
  },
  'an erasure': {
    shown: 'A',
    pointers: ['A', undefined],
    arrange: async (stage) => {
      await storePhoto(stage, 'A');
      await forget(stage);
      return undefined;
    },
    end: expectForgotten,
  },
  'an eviction': {
    shown: 'A',
    pointers: [undefined],
    arrange: async (stage) => {
      stage.edge.photoIds.add('A');
      await world.eraseQueue.send({ kind: 'evict', avatarId: stage.avatarId });
      return undefined;
    },
    end: async ({ edge }) => expect([...edge.photoIds]).toEqual([]),
  },
};

test.each(Object.entries(scenarios))('a crash at every step of %s', async (_, scenario) => {
  expect(await crashEverywhere(scenario)).toBeGreaterThan(1);
});
