// How the real server reads the values of parameters.

/** A user id, undefined if it is none; a number holds them, at 52 bits at most (Bot API, User). */
export function readUserId(text = ''): number | undefined {
  const id = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return id > 0 && Number.isSafeInteger(id) ? id : undefined;
}

/** A whole number, moved into the range; nonsense counts as 0, nothing as the fallback. */
export function readInteger(
  text: string | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (text === undefined || text === '') return fallback;
  const value = /^-?\d+$/.test(text) ? Number(text) : 0;
  return Math.min(Math.max(value, min), max);
}
