// The deployed functions, their queues and an edge, with a clock that a test moves: days pass in a second.

import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { PartnerRecord } from '../../core/partner-record.ts';
import { behaviours, type QueueName, queues, routes } from '../../core/topology.ts';
import { createEdge, type Edge } from '../../local/edge/edge.ts';
import { type HttpAnswer, NO_BODY } from '../../local/edge/message.ts';
import { createPhotosOrigin } from '../../local/edge/photos-origin.ts';
import { createHttpApi } from '../../local/http-api.ts';
import { apiFunctions } from '../../local/joints.ts';
import { contextOf, type Deployed, deploy, SERVICE_KEY } from '../lambdas/deployed.ts';
import { movedClocks } from '../moved-clocks.ts';

/** The system with what a test does to it. */
export interface ChangingSystem {
  readonly deployed: Deployed;
  /** Lets time pass: for functions, queues and the edge. */
  pass(ms: number): void;
  /** Asks the edge. */
  get(path: string): Promise<HttpAnswer>;
  /** Asks the API through the edge, with the service key, and reads the JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of the JSON.
  api(method: string, path: string, body?: object): Promise<any>;
  /** Registers a partner whose photo is stored. */
  partnerWithPhoto(): Promise<PartnerRecord>;
  recordOf(userId: string): Promise<PartnerRecord>;
  /** A run of the schedule, and all that follows from it. */
  warmRun(): Promise<void>;
  /** Works all queues off, letting time pass for what is delayed, for `forMs` at most. */
  drain(forMs?: number): Promise<void>;
  /** Everything that is kept anywhere: items, object keys, messages. */
  everything(): Promise<string>;
  stop(): Promise<void>;
}

// What is delayed for longer than a step waits for the next one.
const STEP_MS = 1_000;

/** Starts it, for a `beforeAll` that returns `stop`. */
export async function startChangingSystem(): Promise<ChangingSystem> {
  const deployed = await deploy();
  const { clients, endpoints, resources } = deployed.world;
  const { pass, restore } = movedClocks();
  // The stand-in has photos for all ids but those that end in 0.
  let userId = 1;
  const edge: Edge = createEdge({
    behaviours,
    origins: {
      api: createHttpApi({ routes, functions: apiFunctions(deployed.handlers) }),
      photos: createPhotosOrigin({ s3Url: endpoints.s3Url, bucketName: resources.bucketName }),
    },
  });
  const request = (method: string, target: string, headers = {}, body = NO_BODY) => {
    const [path = '', query = ''] = target.split('?');
    return edge.respond({ method, path, query, headers, body, sourceIp: '203.0.113.7' });
  };

  /** One round over all queues; whether there was anything to do. */
  async function round(): Promise<boolean> {
    let busy = false;
    for (const name of Object.keys(queues) as QueueName[]) {
      const { event } = await deployed.batchOf(name);
      busy ||= event.Records.length > 0;
      edge.invalidate(deployed.invalidated.splice(0));
    }
    return busy;
  }

  const system: ChangingSystem = {
    deployed,
    pass,
    get: (path) => request('GET', path),
    api: async (method, path, body) => {
      const headers = {
        host: 'cdn.example',
        authorization: `Bearer ${SERVICE_KEY}`,
        'content-type': 'application/json',
      };
      const sent = body ? Buffer.from(JSON.stringify(body)) : NO_BODY;
      const answer = await request(method, `/api/partner/${path}`, headers, sent);
      return { status: answer.status, ...JSON.parse(answer.body.toString('utf8')) };
    },
    partnerWithPhoto: async () => {
      userId += 10;
      await system.api('PUT', String(userId), { firstName: `Zaphod${userId}` });
      await system.drain();
      const record = await system.recordOf(String(userId));
      expect(record.state).toBe('stored');
      return record;
    },
    recordOf: async (id) => (await system.api('POST', 'resolve', { ids: [id] })).partners[0],
    warmRun: async () => {
      await deployed.handlers.warmRecent({}, contextOf('warmRecent'));
      await system.drain();
    },
    drain: async (forMs = 60_000) => {
      for (let passedMs = 0; passedMs < forMs; passedMs += STEP_MS) {
        while (await round()) {}
        if (!(await isDelayed())) return;
        pass(STEP_MS);
      }
    },
    everything: async () => {
      const { Contents = [] } = await clients.s3.send(
        new ListObjectsV2Command({ Bucket: resources.bucketName }),
      );
      const messages = await Promise.all(
        (Object.keys(queues) as QueueName[]).map((name) => deployed.world.takeMessages(name)),
      );
      return JSON.stringify([await deployed.world.items(), Contents, messages]);
    },
    stop: async () => {
      restore();
      await deployed.stop();
    },
  };
  return system;

  async function isDelayed(): Promise<boolean> {
    const names = Object.keys(queues) as QueueName[];
    const counts = await Promise.all(names.map((name) => deployed.world.delayed(name)));
    return counts.some((count) => count > 0);
  }
}
