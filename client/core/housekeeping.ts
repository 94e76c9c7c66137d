// What is dropped of a session's memory, once nobody looks at it any more.

import { type PictureMemory, sweepPictures } from './memory.ts';
import type { Records } from './records.ts';
import type { Views } from './views.ts';

/** Drops pictures, views and records beyond the first `mostRecords`. Returns whether pictures are left that nobody looks at. */
export function sweep(
  {
    views,
    memory,
    records,
  }: {
    readonly views: Views;
    readonly memory: PictureMemory;
    readonly records: Records;
  },
  unusedMs: number,
  mostRecords: number,
): boolean {
  const shown = views.shown();
  const used = new Set(shown.map(({ picture }) => picture));
  views.prune();
  sweepPictures(memory, used, { nowMs: Date.now(), unusedMs }, (url) => URL.revokeObjectURL(url));
  for (const known of records.all().slice(mostRecords)) {
    if (!shown.some(({ id }) => records.get(id) === known)) records.forget(known);
  }
  return [...memory.values()].some((picture) => !used.has(picture));
}
