// The records of one scope in localStorage: all that can be read before the first paint. What cannot be read is not there.

import type { Settings } from './options.ts';
import type { Known } from './records.ts';

/** More records than this take longer to read than they save. */
const MOST_RECORDS = 500;

/** The records on the disk. Nothing here throws: `onError` hears of it. */
export interface MetadataStore {
  /** Whether the last use of it failed. */
  readonly hasFailed: boolean;
  read(): Known[];
  /** Writes as many of them as are kept, the first ones. */
  write(known: readonly Known[]): void;
  clear(): void;
}

/** Makes the store of a scope. */
export function metadataStore(
  scope: string,
  { maxAge, maxEntries }: Pick<Settings, 'maxAge' | 'maxEntries'>,
  onError: (error: unknown) => void,
): MetadataStore {
  const key = `cameo-avatars:${scope}`;
  let hasFailed = false;
  const attempt = <Result>(work: () => Result) => {
    try {
      const result = work();
      hasFailed = false;
      return result;
    } catch (error) {
      hasFailed = true;
      onError(error);
      return undefined;
    }
  };
  return {
    get hasFailed() {
      return hasFailed;
    },
    read: () =>
      attempt(() => {
        const all: Known[] = JSON.parse(localStorage.getItem(key) ?? '[]');
        return all.filter(({ record, usedAtMs }) => record.state && Date.now() - usedAtMs < maxAge);
      }) ?? [],
    write: (known) =>
      attempt(() => {
        const kept = known.slice(0, Math.min(maxEntries, MOST_RECORDS));
        localStorage.setItem(key, JSON.stringify(kept));
      }),
    clear: () => attempt(() => localStorage.removeItem(key)),
  };
}
