// What can go wrong, by what it means for the caller; adapters translate their system's errors into these.

/** The caller sent something that can never work; `message` names the value and what to send instead. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** The caller did not prove who it is; `message` says what the route expects. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
}

/** The request body is larger than the route reads. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** Nobody is known by what the caller named. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** The partner was erased, and nobody but the partner may undo that. */
export class Erased extends Error {
  override readonly name = 'Erased';
}

/** Telegram has asked the whole fleet for a pause: no call is made until `untilMs`. */
export class FleetPaused extends Error {
  override readonly name = 'FleetPaused';
  readonly untilMs: number;

  constructor(untilMs: number) {
    super('nobody may ask Telegram just now');
    this.untilMs = untilMs;
  }
}

/** The title by which the API tells of a pause; any other 503 is an outage. */
export const PAUSED_TITLE = 'Paused';

/** The title by which the API tells that it knows nobody by an id; any other 404 is of something else. */
export const NOT_FOUND_TITLE = 'Not found';

/** The CDN takes no more invalidations just now. */
export class EdgeCacheBusy extends Error {
  override readonly name = 'EdgeCacheBusy';
}

/** Telegram could not answer this time (5xx, a broken body, a cut connection, a time-out): ask again later. */
export class TelegramTransient extends Error {
  override readonly name = 'TelegramTransient';
}

/** Telegram asks this bot to be silent for `retryAfterSeconds`. */
export class TelegramThrottled extends Error {
  override readonly name = 'TelegramThrottled';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`Telegram asked for a pause of ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Telegram refuses the bot token, or does not know the method at this root: a person has to look. */
export class TelegramUnauthorized extends Error {
  override readonly name = 'TelegramUnauthorized';
}

/** The file_id does not name a file for this bot any more: list the photos again. */
export class TelegramFileGone extends Error {
  override readonly name = 'TelegramFileGone';
}

/** The link to a file is over, which is good for an hour or so: open the file again. */
export class TelegramLinkExpired extends Error {
  override readonly name = 'TelegramLinkExpired';
}

/** The photo itself can never be shown (too big, not an image); retrying is no use. */
export class PhotoRejected extends Error {
  override readonly name = 'PhotoRejected';
}

/** Too little of the invocation is left to finish a fetch: nothing was begun. */
export class TooLittleTime extends Error {
  override readonly name = 'TooLittleTime';
}

/** Telegram refuses the request as malformed: a mistake of ours, for the dead-letter queue and a person. */
export class TelegramRefused extends Error {
  override readonly name = 'TelegramRefused';
}
