// What the page shows: the shape of /local/status, which whoever composes the system fills.
import type { QueueDepth as MessageCounts } from '../../adapters/queue-depth.ts';
import type { QueueName, ScheduleName } from '../../core/topology.ts';
import type { EdgeStats } from '../edge/edge.ts';
import type { ScheduleReport } from '../schedule.ts';

/** A partner in the list; every text of it was written by a stranger. */
export interface ListedPartner {
  readonly avatarId: string;
  readonly userId: string;
  readonly name: string;
  readonly initials: string;
  /** Index of the peer gradient, 0 to 6. */
  readonly colour: number;
  /**
   * `pending`: a fetch is on its way; `none`: no photo that anyone may see; `erasing`: came back, and is
   * fetched when the erasure of before is over.
   */
  readonly state: 'pending' | 'stored' | 'none' | 'erasing';
  /** A data URI of about 150 characters. */
  readonly lqip: string | null;
  /** The avatar of 150 px; the page asks its own host for the path, whatever host this names. */
  readonly avatarUrl: string;
  readonly joinedAtMs: number;
}

/** Messages of a queue, and of its dead-letter queue. */
export interface QueueDepth extends MessageCounts {
  readonly deadLetters: number;
}

/** A schedule: what it did, what it will do, and the runs that failed for good. */
export interface ScheduleStatus extends ScheduleReport {
  readonly deadLetters: number;
}

/** Calls that the stand-in for Telegram has had since it was started. */
export interface TelegramCalls {
  readonly byMethod: Readonly<Record<string, number>>;
  readonly inFlight: number;
}

/** The process that all of it runs in; of open handles each kind's number, by Node's name for it. */
export interface ProcessStatus {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly openHandles: Readonly<Record<string, number>>;
}

/** Everything that the page shows at one moment. */
export interface Status {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly process: ProcessStatus;
  /** The newest first. */
  readonly partners: readonly ListedPartner[];
  readonly queues: Readonly<Record<QueueName, QueueDepth>>;
  readonly schedules: Readonly<Record<ScheduleName, ScheduleStatus>>;
  /** Until when nobody may call Telegram; null where everybody may. */
  readonly pausedUntilMs: number | null;
  /** Null where the calls go to Telegram itself, which nobody here can count. */
  readonly telegram: TelegramCalls | null;
  readonly edge: EdgeStats;
  /** Commands to copy, with this server's own address in them; the first registers a partner. */
  readonly examples: readonly string[];
}
