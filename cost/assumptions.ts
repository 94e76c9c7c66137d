// What a month is taken to be like, where nothing can be measured. Each figure is meant to be too dear rather than
// too cheap; who knows better changes it here and runs `npm run cost`.

/** The assumptions; shares are from 0 to 1. */
export const assumptions = {
  /** Of the avatars that are requested, those under a photo's own URL, as lists have them. */
  versionedShare: 0.8,
  /** Of these, what the edge has: it keeps them for a week, each of its places by itself. */
  versionedHitShare: 0.9,
  /** Of the current photos, which it keeps for minutes. */
  currentHitShare: 0.3,
  /** Avatars on a list; the app that asks for a list signs its user in with another request. */
  avatarsPerList: 10,
  /** Times that a partner's avatar is requested in the month. */
  requestsPerPartner: 100,
  /** Partners who joined in the month. */
  newShare: 0.2,
  /** Views of a new partner before the photo is there. */
  pendingViewsPerNew: 2,
  /** Days on which a partner is seen: each has Telegram asked once. */
  refreshesPerPartner: 8,
  /** Refreshes that find another photo. */
  changedShare: 0.02,
  /** Seconds between two looks of a page for changes, and for which the edge keeps an answer. */
  livePollSeconds: 4,
  feedSeconds: 2,
  /** The feed of a fleet that changes a photo a minute. */
  feedBytes: 400,
  /** Invocations that load the function first. */
  coldShare: 0.05,

  /** Telegram's time in ms for one call and for a download: what the benchmark's goals are set by. */
  telegramCallMs: 60,
  telegramDownloadMs: 80,
  /** One request to DynamoDB, S3 or SQS, in ms; they are taken to be sent one after the other. */
  awsRequestMs: 10,

  /** Header fields of an answer of the edge. */
  headerBytes: 700,
  /** A partner's record, the answer to a registration. */
  recordBytes: 1_000,
  /** A partner's item and its entry in the index; what DynamoDB adds to each is in it. */
  itemBytes: 1_100,
  /** What Lambda itself logs of an invocation: start and report. */
  platformLogBytes: 600,

  /** A queue that nobody sends to is asked by so many of Lambda's pollers, each for so many seconds. */
  pollersPerQueue: 5,
  pollSeconds: 20,
  /** Instances of a function that read a secret again every five minutes, all month. */
  secretReaders: 3,
} as const;
