// What ends the command for a reason that a person can act on: the message is one line and says what to do.

/** An option, the file, the address or the key is wrong. */
export class Mistake extends Error {
  override readonly name = 'Mistake';
}

/** Nothing answers any more, or only errors; what has arrived so far is kept. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The code of a file system's or a network's error, such as ENOENT; else the name of the error. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.name;
}
