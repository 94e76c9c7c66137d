// Every metric that the functions emit, declared once: the functions count by it, the dashboard, the alarms and
// `cameo stats` read by it. CloudWatch bills each combination of a metric with its dimensions' values as a metric of
// its own, so a dimension has few values and says something that an operator acts on.

import { SIZES } from './sizes.ts';

/** A metric: its unit as CloudWatch writes it, and all values of each of its dimensions. */
export interface MetricDeclaration {
  readonly unit: 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes';
  readonly dimensions: Readonly<Record<string, readonly string[]>>;
}

/** The metrics, by name. */
export const metrics = {
  /** Answers of serve-photo to a request for a photo, by what came and, for a hit, from where. */
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
      ],
    },
  },
  /** From a request's arrival at serve-photo to its answer; the time that `wait` asked for is not in it. */
  AnswerTime: { unit: 'Milliseconds', dimensions: { Kind: ['hit', 'miss'] } },
  /** Calls to Telegram and what came of them. */
  TelegramCalls: {
    unit: 'Count',
    dimensions: {
      Method: ['getUserProfilePhotos', 'getFile', 'download'],
      Outcome: ['ok', 'throttled', 'unauthorized', 'transient', 'gone', 'refused'],
    },
  },
  /** For how much longer the fleet may not ask, each time Telegram says so; a 429 or a refused token. */
  TelegramPause: { unit: 'Seconds', dimensions: { Reason: ['throttled', 'unauthorized'] } },
  /** Jobs that met another worker's lease. */
  LeaseContention: { unit: 'Count', dimensions: {} },
  /** Leases that were taken over from a worker that died. */
  LeaseTakeovers: { unit: 'Count', dimensions: {} },
  /** Decoding a photo and encoding all its sizes. */
  RenderTime: { unit: 'Milliseconds', dimensions: {} },
  /** A stored picture. */
  PictureBytes: { unit: 'Bytes', dimensions: { Size: SIZES.map(String) } },
  /**
   * What became of partners' photos: the first was `stored`, a newer one `refreshed` it, it is `unchanged`, it is
   * `gone`, there was `none` before either, it was `rejected`, or its owner was `erased`.
   */
  Photos: {
    unit: 'Count',
    dimensions: {
      Outcome: ['stored', 'refreshed', 'unchanged', 'gone', 'none', 'rejected', 'erased'],
    },
  },
  /** From a partner's registration to the first stored photo. */
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
