// The token that the stand-in accepts. It has the shape of a real one, `<bot id>:<secret>`, and
// nothing but the secret changes when it is rotated: ids stay good, as they belong to the bot.

/** What a token in a URL is to the server. */
export type TokenCheck = 'good' | 'wrong' | 'malformed';

const SHAPE = /^\d{1,15}:[\w-]{1,80}$/;

/** True if the text has the shape of a bot token. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && SHAPE.test(text);
}

/** Compares a token from a URL with the one that is good now. */
export function checkToken(given: string, current: string): TokenCheck {
  if (given === current) return 'good';
  return isToken(given) ? 'wrong' : 'malformed';
}

/** The bot's user id: the digits before the colon. */
export function botId(token: string): string {
  return token.slice(0, token.indexOf(':'));
}
