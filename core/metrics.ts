// Every metric that the functions emit, declared once: the functions count by it, the dashboard, the alarms and
// `cameo stats` read by it. CloudWatch bills each combination of a metric with its dimensions' values as a metric of
// its own, so a dimension has few values and says something that an operator acts on.

import { SIZES, type Size } from './sizes.ts';

/** A metric: its unit as CloudWatch writes it, and all values of each of its dimensions. */
export interface MetricDeclaration {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes';
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
}

/** The metrics, by name. */
export const metrics = {
  /**
   * Answers of serve-photo to a request for a photo, by what came and, for a hit, from where. `moved`: a version that
   * is not stored any more, which leads to the current photo and so to another answer.
   */
  Answers: {
    unit: 'Count',
    dimensions: {
      Answer: [
        'hit-memory',
        'hit-s3',
        'not-modified',
        'pending',
        'none',
        'unknown',
        'limited',
        'unavailable',
        'moved',
      ],
    },
  },
  /** From a request's arrival at serve-photo to its answer; where `wait` held it back, from the last look on. */
  AnswerTime: { unit: 'Milliseconds', dimensions: { Kind: ['hit', 'miss'] } },
  /**
   * Calls to Telegram and what came of them. `gone`: a file_id or a link that is not good any more. `refused`: what
   * asking again would not change. A secret that holds no token is `unauthorized`, too.
   */
  TelegramCalls: {
    unit: 'Count',
    dimensions: {
      Method: ['getUserProfilePhotos', 'getFile', 'download'],
      Outcome: ['ok', 'throttled', 'unauthorized', 'transient', 'gone', 'refused'],
    },
  },
  /** By how much the fleet's pause became longer, each time Telegram said so; a 429 or a refused token. */
  TelegramPause: { unit: 'Seconds', dimensions: { Reason: ['throttled', 'unauthorized'] } },
  /** Jobs that met another worker's lease, or an erasure that began in that moment. */
  LeaseContention: { unit: 'Count', dimensions: {} },
  /** Leases that were taken over from a worker that died. */
  LeaseTakeovers: { unit: 'Count', dimensions: {} },
  /** Decoding a photo and encoding all its sizes, without the time that it waited for its turn. */
  RenderTime: { unit: 'Milliseconds', dimensions: {} },
  /** A stored picture. */
  PictureBytes: {
    unit: 'Bytes',
    dimensions: { Size: SIZES.map(String) as readonly `${Size}`[] },
  },
  /**
   * What became of partners' photos: the first was `stored`, a newer one `refreshed` it (or the same, whose objects
   * were lost), it is `unchanged`, it is `gone`, there was `none` before either, it was `rejected`, or its owner was
   * `erased`.
   */
  Photos: {
    unit: 'Count',
    dimensions: {
      Outcome: ['stored', 'refreshed', 'unchanged', 'gone', 'none', 'rejected', 'erased'],
    },
  },
  /** From a partner's registration to the photo that Telegram showed at the first look. */
  TimeToPhoto: { unit: 'Milliseconds', dimensions: {} },
} as const satisfies Record<string, MetricDeclaration>;

/** The name of a metric. */
export type MetricName = keyof typeof metrics;

/** The values of a metric's dimensions, one of each. */
export type DimensionsOf<Name extends MetricName> = {
  readonly [Dimension in keyof (typeof metrics)[Name]['dimensions']]: (typeof metrics)[Name]['dimensions'][Dimension] extends readonly (infer Value)[]
    ? Value
    : never;
};

/** Answers with the photo, or that say that the viewer has it. */
export const HITS = ['hit-memory', 'hit-s3', 'not-modified'] as const satisfies Answers;

/**
 * Answers with a placeholder where there should be a photo. `none` and `unknown` are right answers: there is no
 * photo; `moved` leads to another request, which has an answer of its own. So a hit rate is hits out of both lists.
 */
export const MISSES = ['pending', 'limited', 'unavailable'] as const satisfies Answers;

type Answers = readonly DimensionsOf<'Answers'>['Answer'][];

/** Takes a value of a metric: so many of a count, or one measurement. */
export type Count = <Name extends MetricName>(
  name: Name,
  value: number,
  dimensions: DimensionsOf<Name>,
) => void;
