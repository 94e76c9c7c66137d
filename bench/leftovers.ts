// Nothing stays behind: whatever the benchmark made is undone when it ends, however it ends.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const undoing = new Set<() => void>();
process.once('exit', () => {
  for (const undo of [...undoing].reverse()) undo();
});

/** Undoes something at the end of the process, unless it is undone before; returns what undoes it now. */
export function undoAtExit(undo: () => void): () => void {
  undoing.add(undo);
  return () => {
    if (undoing.delete(undo)) undo();
  };
}

/** A new, empty folder that is gone when the scope is left. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'cameo-bench-'));
  const remove = undoAtExit(() => rmSync(path, { recursive: true, force: true, maxRetries: 10 }));
  return { path, [Symbol.dispose]: remove };
}
