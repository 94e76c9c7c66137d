// The one declaration of what runs and how it is joined: the stack deploys it, local mode runs it.
// Data only. What a box does is in lambdas/, what it may touch is granted in lib/.

/** A deployed function: `entry` is its file in lambdas/ without the extension. */
export interface FunctionDeclaration {
  readonly entry: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** The environment variables that it reads, and no others. */
  readonly environment: readonly EnvironmentName[];
}

/** Names of everything that a function may be told through its environment; never a secret itself. */
export type EnvironmentName =
  | 'TABLE_NAME'
  | 'BUCKET_NAME'
  | 'FETCH_QUEUE_URL'
  | 'URL_KEY_SECRET'
  | 'SERVICE_KEY_SECRET'
  | 'BOT_TOKEN_SECRET'
  | 'TELEGRAM_API_ROOT';

/** The functions. Memory also buys processor time: 1,769 MB is one whole vCPU (AWS Lambda quotas). */
export const functions = {
  servePhoto: {
    entry: 'serve-photo',
    timeoutSeconds: 10,
    memoryMb: 512,
    environment: ['TABLE_NAME', 'BUCKET_NAME', 'FETCH_QUEUE_URL'],
  },
  partners: {
    entry: 'partners',
    timeoutSeconds: 10,
    memoryMb: 512,
    environment: ['TABLE_NAME', 'FETCH_QUEUE_URL', 'URL_KEY_SECRET', 'SERVICE_KEY_SECRET'],
  },
  fetchPhoto: {
    entry: 'fetch-photo',
    timeoutSeconds: 20,
    memoryMb: 1769,
    environment: [
      'TABLE_NAME',
      'BUCKET_NAME',
      'FETCH_QUEUE_URL',
      'BOT_TOKEN_SECRET',
      'TELEGRAM_API_ROOT',
    ],
  },
} as const satisfies Record<string, FunctionDeclaration>;

/** The name by which the rest of the system knows a function. */
export type FunctionName = keyof typeof functions;

/** A route of the HTTP API: `key` as API Gateway writes it, and the function that answers. */
export interface RouteDeclaration {
  readonly key: string;
  readonly function: FunctionName;
}

/** The routes of the HTTP API; `$default` gets what no other route matches, to answer in our own words. */
export const routes = [
  { key: 'GET /avatars/{avatarId}/{photoId}/{file}', function: 'servePhoto' },
  { key: 'HEAD /avatars/{avatarId}/{photoId}/{file}', function: 'servePhoto' },
  { key: 'GET /avatars/{avatarId}', function: 'servePhoto' },
  { key: 'HEAD /avatars/{avatarId}', function: 'servePhoto' },
  { key: 'GET /api/partner/photo/{avatarId}', function: 'servePhoto' },
  { key: 'HEAD /api/partner/photo/{avatarId}', function: 'servePhoto' },
  { key: 'GET /placeholders/{colour}/{file}', function: 'servePhoto' },
  { key: 'HEAD /placeholders/{colour}/{file}', function: 'servePhoto' },
  { key: 'PUT /api/partner/{userId}', function: 'partners' },
  { key: '$default', function: 'servePhoto' },
] as const satisfies readonly RouteDeclaration[];

/** A queue with its dead-letter queue, and the function that it feeds. */
export interface QueueDeclaration {
  readonly consumer: FunctionName;
  /** Messages that one invocation gets at most. */
  readonly batchSize: number;
  /** Invocations at the same time; SQS event sources take 2 at least. */
  readonly maximumConcurrency: number;
  /** At least six times the consumer's time-out (AWS's advice for event sources). */
  readonly visibilityTimeoutSeconds: number;
  /** Receives before a message goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
}

/**
 * The queues. Batch size × concurrency bounds the fetches that run against one bot token at the same
 * time: Telegram has no official limit, but 15–20 getFile a second have been seen to meet a 429.
 */
export const queues = {
  fetch: {
    consumer: 'fetchPhoto',
    batchSize: 5,
    maximumConcurrency: 4,
    visibilityTimeoutSeconds: 120,
    maxReceiveCount: 8,
  },
} as const satisfies Record<string, QueueDeclaration>;

/** The name by which the rest of the system knows a queue. */
export type QueueName = keyof typeof queues;

/** Days that a message waits in a queue or a dead-letter queue before SQS drops it (SQS's maximum). */
export const MESSAGE_RETENTION_DAYS = 14;

/** The partner table: its key, and the index from which the newest partners are read. */
export const table = {
  key: 'avatarId',
  recentIndex: { name: 'recent', partitionKey: 'recentOf', sortKey: 'joinedAtMs' },
} as const;

/** Days after which the bucket drops a photo; one that is still asked for comes back by itself. */
export const PHOTO_RETENTION_DAYS = 30;

/** Response headers that scripts of other origins may read; the edge says so for every answer. */
export const exposedHeaders = [
  'x-avatar',
  'server-timing',
  'x-response-time',
  'x-cache',
  'age',
  'etag',
] as const;

/** How the edge treats one kind of path. */
export interface BehaviourDeclaration {
  /** CloudFront path pattern; the first that matches counts. */
  readonly pattern: string;
  /** `photos-then-api`: the bucket first and, where it says 403 or 404, the HTTP API. */
  readonly origin: 'api' | 'photos-then-api';
  /** The query parameters in the cache key (no other reaches the origin), or `never` for no caching. */
  readonly cache: readonly string[] | 'never';
}

/** The edge's behaviours, most specific first; whatever matches none goes to the API, cached without query. */
export const behaviours = [
  { pattern: '/avatars/*/*/*', origin: 'photos-then-api', cache: [] },
  { pattern: '/avatars/*', origin: 'api', cache: ['size', 'd', 'wait'] },
  { pattern: '/api/partner/photo/*', origin: 'api', cache: ['size', 'd', 'wait'] },
  { pattern: '/api/*', origin: 'api', cache: 'never' },
] as const satisfies readonly BehaviourDeclaration[];
