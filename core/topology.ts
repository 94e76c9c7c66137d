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
  | 'WARM_QUEUE_URL'
  | 'ERASE_QUEUE_URL'
  /** Where a consumer puts what it gives up. */
  | 'FETCH_DEAD_LETTER_URL'
  | 'WARM_DEAD_LETTER_URL'
  | 'ERASE_DEAD_LETTER_URL'
  | 'DISTRIBUTION_ID'
  | 'URL_KEY_SECRET'
  | 'SERVICE_KEY_SECRET'
  | 'BOT_TOKEN_SECRET'
  /** Of the secret by which the API knows the distribution. */
  | 'ORIGIN_SECRET'
  | 'TELEGRAM_API_ROOT'
  /** The bot's own id, the digits before the colon of its token; `none` where nobody signs in. */
  | 'BOT_ID'
  /** Ed25519 keys that may have signed a Mini App's initData: hexadecimal, separated by commas. */
  | 'INIT_DATA_PUBLIC_KEYS'
  | 'INIT_DATA_MAX_AGE_SECONDS'
  /** How many of the newest partners are kept warm. */
  | 'WARM_PARTNERS'
  | 'TOMBSTONE_DAYS'
  /** Where CloudWatch puts what the function counts. */
  | 'METRICS_NAMESPACE'
  /** How long an answer of Telegram's is good, before jitter. */
  | 'REFRESH_HOURS'
  /** `on` where the demo page is to be seen at `/`. */
  | 'DEMO_PAGE';

/** The functions. Memory also buys processor time: 1,769 MB is one whole vCPU (AWS Lambda quotas). */
export const functions = {
  servePhoto: {
    entry: 'serve-photo',
    timeoutSeconds: 10,
    memoryMb: 512,
    environment: [
      'TABLE_NAME',
      'BUCKET_NAME',
      'FETCH_QUEUE_URL',
      'WARM_QUEUE_URL',
      'METRICS_NAMESPACE',
      'REFRESH_HOURS',
    ],
  },
  partners: {
    entry: 'partners',
    timeoutSeconds: 10,
    memoryMb: 512,
    environment: [
      'TABLE_NAME',
      'BUCKET_NAME',
      'FETCH_QUEUE_URL',
      'WARM_QUEUE_URL',
      'ERASE_QUEUE_URL',
      'URL_KEY_SECRET',
      'SERVICE_KEY_SECRET',
      'BOT_ID',
      'INIT_DATA_PUBLIC_KEYS',
      'INIT_DATA_MAX_AGE_SECONDS',
      'TOMBSTONE_DAYS',
      'REFRESH_HOURS',
    ],
  },
  serveClient: {
    entry: 'serve-client',
    timeoutSeconds: 10,
    memoryMb: 512,
    environment: ['BUCKET_NAME', 'DEMO_PAGE'],
  },
  fetchPhoto: {
    entry: 'fetch-photo',
    timeoutSeconds: 20,
    memoryMb: 1769,
    environment: [
      'TABLE_NAME',
      'BUCKET_NAME',
      'FETCH_QUEUE_URL',
      'WARM_QUEUE_URL',
      'ERASE_QUEUE_URL',
      'FETCH_DEAD_LETTER_URL',
      'WARM_DEAD_LETTER_URL',
      'BOT_TOKEN_SECRET',
      'TELEGRAM_API_ROOT',
      'METRICS_NAMESPACE',
    ],
  },
  warmRecent: {
    entry: 'warm-recent',
    timeoutSeconds: 30,
    memoryMb: 256,
    environment: ['TABLE_NAME', 'WARM_QUEUE_URL', 'WARM_PARTNERS', 'REFRESH_HOURS'],
  },
  erasePartner: {
    entry: 'erase-partner',
    timeoutSeconds: 20,
    memoryMb: 256,
    environment: [
      'TABLE_NAME',
      'BUCKET_NAME',
      'ERASE_QUEUE_URL',
      'ERASE_DEAD_LETTER_URL',
      'DISTRIBUTION_ID',
      'TOMBSTONE_DAYS',
      'METRICS_NAMESPACE',
    ],
  },
  authorizeOrigin: {
    entry: 'authorize-origin',
    timeoutSeconds: 5,
    memoryMb: 512,
    environment: ['ORIGIN_SECRET'],
  },
  rotateOriginSecret: {
    entry: 'rotate-origin-secret',
    timeoutSeconds: 60,
    memoryMb: 256,
    environment: ['ORIGIN_SECRET', 'DISTRIBUTION_ID'],
  },
} as const satisfies Record<string, FunctionDeclaration>;

/** The name by which the rest of the system knows a function. */
export type FunctionName = keyof typeof functions;

/**
 * The functions that only AWS needs: they keep strangers from the API, who can reach it there beside the edge.
 * On one machine it is in the edge's own process.
 */
export type GateName = 'authorizeOrigin' | 'rotateOriginSecret';

/** The header by which the distribution proves itself to the API; a viewer's own is replaced by the edge. */
export const ORIGIN_SECRET_HEADER = 'x-cameo-origin-secret';

/** After how many days its secret is changed. */
export const ORIGIN_SECRET_DAYS = 30;

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
  { key: 'POST /api/partner/me', function: 'partners' },
  { key: 'DELETE /api/partner/me', function: 'partners' },
  { key: 'GET /api/partner/recent', function: 'partners' },
  { key: 'GET /api/partner/changes', function: 'partners' },
  { key: 'HEAD /api/partner/changes', function: 'partners' },
  { key: 'POST /api/partner/resolve', function: 'partners' },
  { key: 'GET /api/partner/erasures/{erasureId}', function: 'partners' },
  { key: 'PUT /api/partner/{userId}', function: 'partners' },
  { key: 'DELETE /api/partner/{userId}', function: 'partners' },
  { key: 'GET /client/v1/{file}', function: 'serveClient' },
  { key: 'HEAD /client/v1/{file}', function: 'serveClient' },
  { key: 'GET /', function: 'serveClient' },
  { key: 'HEAD /', function: 'serveClient' },
  { key: 'GET /demo/{file}', function: 'serveClient' },
  { key: 'HEAD /demo/{file}', function: 'serveClient' },
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
 * The queues. `fetch` has what a viewer or a registration waits for; `warm` what nobody waits for, and gives
 * way (core/telegram-budget.ts). Batch size × concurrency bounds the fetches that run against one bot token
 * at the same time. `erase` has erasures, and what the edge has to forget.
 */
export const queues = {
  fetch: {
    consumer: 'fetchPhoto',
    batchSize: 5,
    maximumConcurrency: 4,
    visibilityTimeoutSeconds: 120,
    maxReceiveCount: 8,
  },
  warm: {
    consumer: 'fetchPhoto',
    batchSize: 5,
    maximumConcurrency: 2,
    visibilityTimeoutSeconds: 120,
    maxReceiveCount: 8,
  },
  erase: {
    consumer: 'erasePartner',
    batchSize: 5,
    maximumConcurrency: 2,
    visibilityTimeoutSeconds: 120,
    maxReceiveCount: 8,
  },
} as const satisfies Record<string, QueueDeclaration>;

/** The name by which the rest of the system knows a queue. */
export type QueueName = keyof typeof queues;

/** Days that a message waits in a queue or a dead-letter queue before SQS drops it (SQS's maximum). */
export const MESSAGE_RETENTION_DAYS = 14;

/** A function that runs by the clock; a run that fails and fails again is kept in a dead-letter queue. */
export interface ScheduleDeclaration {
  readonly target: FunctionName;
  /** Tries after the first, before the run goes to the dead-letter queue. */
  readonly maximumRetries: number;
}

/**
 * The schedules; how often each runs is the operator's. A run that is late by a whole interval is worth nothing:
 * the next one does the same.
 */
export const schedules = {
  warm: { target: 'warmRecent', maximumRetries: 2 },
} as const satisfies Record<string, ScheduleDeclaration>;

/** The name by which the rest of the system knows a schedule. */
export type ScheduleName = keyof typeof schedules;

/** An index of the partner table: sparse, since an item is in it only if it has both of these attributes. */
export interface IndexDeclaration {
  readonly name: string;
  /** A text, the same for all. */
  readonly partitionKey: string;
  /** A number. */
  readonly sortKey: string;
  /** What else of an item is in it: a change of anything else writes no index. */
  readonly carries: readonly string[];
}

/**
 * The partner table: its key, the attribute that lets an item expire, and its indices: the newest partners, and whose
 * photo changed last, with the photo.
 */
export const table = {
  key: 'avatarId',
  expiry: 'expiresAtSeconds',
  recentIndex: { name: 'recent', partitionKey: 'recentOf', sortKey: 'joinedAtMs', carries: [] },
  changedIndex: {
    name: 'changed',
    partitionKey: 'changedOf',
    sortKey: 'changedAtMs',
    carries: ['photoId'],
  },
} as const satisfies Record<string, string | IndexDeclaration>;

/** Where all photos are in the bucket; what the lifecycle bounds. */
export const PHOTOS_PREFIX = 'avatars/';

/**
 * Where the browser client's files are beside them, under the names that have their hash: a page that pinned one finds
 * it there when a later release has others. Nothing drops them; one is a few KB.
 */
export const CLIENT_PREFIX = 'client/v1/';

/** What scripts of other origins may send to the API: the edge says so in answer to a preflight. */
export const apiCors = {
  methods: ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'],
  // `*` does not cover Authorization (Fetch standard, CORS-unsafe request-header names).
  requestHeaders: ['authorization', 'content-type', 'if-none-match'],
  maxAgeSeconds: 24 * 60 * 60,
} as const;

/** The same for pictures, which nobody signs in for: any page may read and time them. */
export const pictureCors = {
  methods: ['GET', 'HEAD', 'OPTIONS'],
  requestHeaders: ['*'],
  maxAgeSeconds: apiCors.maxAgeSeconds,
} as const;

/** Response headers that scripts of other origins may read; the edge says so for every answer. */
export const exposedHeaders = [
  'x-avatar',
  'server-timing',
  'x-response-time',
  'x-cache',
  'age',
  'etag',
  'retry-after',
  'x-request-id',
] as const;

/** How the edge treats one kind of path. */
export interface BehaviourDeclaration {
  /** CloudFront path pattern; the first that matches counts. */
  readonly pattern: string;
  /** `photos-then-api`: the bucket first and, where it says 403 or 404, the HTTP API. */
  readonly origin: 'api' | 'photos-then-api';
  /** The query parameters in the cache key (no other reaches the origin), or `never` for no caching. */
  readonly cache: readonly string[] | 'never';
  /** Whether the edge compresses what it answers; pictures are compressed already. Not on one machine. */
  readonly compress?: true;
}

/** The edge's behaviours, most specific first; whatever matches none goes to the API, cached without query. */
export const behaviours = [
  { pattern: '/avatars/*/*/*', origin: 'photos-then-api', cache: [] },
  { pattern: '/avatars/*', origin: 'api', cache: ['size', 'd', 'wait'] },
  { pattern: '/api/partner/photo/*', origin: 'api', cache: ['size', 'd', 'wait'] },
  { pattern: '/api/partner/changes', origin: 'api', cache: [] },
  { pattern: '/api/*', origin: 'api', cache: 'never' },
  { pattern: '/client/*', origin: 'photos-then-api', cache: [], compress: true },
  { pattern: '/demo/*', origin: 'api', cache: [], compress: true },
] as const satisfies readonly BehaviourDeclaration[];
