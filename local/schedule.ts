// What EventBridge Scheduler does: an asynchronous invocation every so many minutes.

import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ScheduledEvent } from 'aws-lambda';
import type { ScheduleDeclaration } from '../core/topology.ts';
import { invokeAsynchronously, type Outcome } from './asynchronous-invocation.ts';
import { LOCAL_REGION } from './aws.ts';
import type { Handler } from './invocation.ts';

/** What a schedule joins. */
export interface ScheduleOptions {
  readonly sqs: SQSClient;
  readonly name: string;
  readonly schedule: ScheduleDeclaration;
  readonly everyMinutes: number;
  readonly timeoutSeconds: number;
  readonly handler: Handler<ScheduledEvent, unknown>;
  readonly deadLetterUrl: string;
  /** Told of each try that failed, and of a dead letter that was not sent. */
  readonly onError: (error: unknown) => void;
}

/** What a schedule has done and will do. */
export interface ScheduleReport {
  /** `waiting`: a try failed, and the next one is to come. */
  readonly state: 'idle' | 'running' | 'waiting';
  readonly everyMinutes: number;
  /** The last run that is over; null before there is one. */
  readonly lastRun: Run | null;
  readonly nextRunAtMs: number;
}

/** A run that is over. */
export interface Run {
  readonly endedAtMs: number;
  readonly outcome: Outcome;
  /** What the function answered where it succeeded; Scheduler itself ignores it. */
  readonly answer?: unknown;
}

/** A running schedule. */
export interface Schedule {
  report(): ScheduleReport;
  /** Runs at once, or makes the try at once that a run waits for. The schedule itself goes on as before. */
  runNow(): void;
  /** Begins no more runs and no more tries; resolves when the running invocation is over. */
  stop(): Promise<void>;
}

/**
 * Milliseconds from the start to the first run. Whoever starts this was off for a while and may be off again
 * within an interval: the photos would never be looked after. The first viewers go before it.
 */
export const FIRST_RUN_AFTER_MS = 10_000;

/**
 * Starts a schedule. There is one run at a time: one that falls due meanwhile is left out, since a run that
 * is late by a whole interval is worth nothing.
 */
export function startSchedule(options: ScheduleOptions): Schedule {
  const { name, schedule, everyMinutes, timeoutSeconds } = options;
  let stopped = false;
  let state: ScheduleReport['state'] = 'idle';
  let lastRun: ScheduleReport['lastRun'] = null;
  let running = Promise.resolve();
  let retryNow = () => {};
  let nextRunAtMs: number;
  let timer: NodeJS.Timeout;

  function arm(ms: number): void {
    nextRunAtMs = Date.now() + ms;
    timer = setTimeout(() => {
      arm(everyMinutes * 60_000);
      if (state === 'idle') running = run();
    }, ms);
  }

  async function run(): Promise<void> {
    state = 'running';
    let answer: unknown;
    const outcome = await invokeAsynchronously({
      ...options,
      handler: async (...invocation) => {
        answer = await options.handler(...invocation);
      },
      event: scheduledEvent(name),
      invoked: { functionName: schedule.target, timeoutSeconds },
      maximumRetries: schedule.maximumRetries,
      untilRetry,
    });
    lastRun = { endedAtMs: Date.now(), outcome, ...(outcome === 'succeeded' && { answer }) };
    state = 'idle';
  }

  async function untilRetry(ms: number): Promise<boolean> {
    if (stopped) return false;
    state = 'waiting';
    const { promise, resolve } = Promise.withResolvers<void>();
    const retryTimer = setTimeout(resolve, ms);
    retryNow = resolve;
    await promise;
    clearTimeout(retryTimer);
    state = 'running';
    return !stopped;
  }

  arm(FIRST_RUN_AFTER_MS);
  return {
    report: () => ({ state, everyMinutes, lastRun, nextRunAtMs }),
    runNow: () => {
      if (stopped) return;
      if (state === 'waiting') retryNow();
      if (state === 'idle') running = run();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      retryNow();
      await running;
    },
  };
}

/** The event that EventBridge Scheduler gives a function for a schedule without an input of its own. */
function scheduledEvent(name: string): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: '000000000000',
    time: new Date().toISOString(),
    region: LOCAL_REGION,
    resources: [`arn:aws:scheduler:${LOCAL_REGION}:000000000000:schedule/default/${name}`],
    detail: '{}',
  };
}
