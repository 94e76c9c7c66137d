// Who did not arrive, and why, in a file beside the list: NDJSON that the next import takes, mended or as it is.

import { appendFileSync, rmSync } from 'node:fs';
import { codeOf, Mistake } from './mistake.ts';
import type { UserLine } from './user-line.ts';

/** The failures of one run. */
export interface FailedFile {
  add(line: UserLine, reason: string): void;
}

/** Opens the file, without what an earlier run left there: whoever failed is tried again. Throws Mistake. */
export function openFailedFile(path: string): FailedFile {
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      const why = `${path} cannot be written (${codeOf(error)})`;
      throw new Mistake(`${why}: the failures go there, so make room or give it the right.`, {
        cause: error,
      });
    }
  };
  attempt(() => rmSync(path, { force: true }));
  return {
    add: (line, reason) =>
      attempt(() => appendFileSync(path, `${JSON.stringify(failureOf(line, reason))}\n`)),
  };
}

function failureOf(failed: UserLine, reason: string): object {
  const fields = failed.kind === 'user' ? failed.user : failed.given;
  return { line: failed.line, ...fields, reason };
}
