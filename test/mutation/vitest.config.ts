// The tests that judge a mutant of core/: those of core itself, the quick ones first, since the first that fails
// ends a mutant's run.

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Milliseconds that a file is thought to take: those with emulators begin with a start of half a second. */
function costOf({ moduleId }: TestSpecification): number {
  const source = readFileSync(moduleId, 'utf8');
  return source.length + (source.includes('startWorld') ? 1_000_000 : 0);
}

class QuickFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => costOf(one) - costOf(other));
  }
}

// biome-ignore lint/style/noDefaultExport: vitest reads it
export default defineConfig({
  test: {
    include: ['test/core/**/*.test.ts'],
    sequence: { sequencer: QuickFilesFirst },
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
