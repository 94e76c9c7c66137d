// Text in pieces, as a file is read, cut into lines. A name may hold U+2028, at which Node's readline would cut.

/** Characters of a line or record at most; a file without line ends must not be in memory as a whole. */
export const MAX_LINE_LENGTH = 64 * 1024;

/** A line is longer than {@link MAX_LINE_LENGTH}. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** The lines without their LF. Throws LineTooLong. */
export async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) {
      throw new LineTooLong(`a line has more than ${MAX_LINE_LENGTH} characters`);
    }
    yield* lines;
  }
  if (rest) yield rest;
}
