import { defineConfig } from 'vitest/config';

const shared = {
  // Emulators and sharp share two cores with the tests; a slow machine is not a failure.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Vitest's own second is none on a busy machine: what is awaited comes, or does not come at all.
  expect: { poll: { timeout: 30_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'stack',
          include: ['test/lib/**/*.test.ts'],
          // Loading the CDK takes seconds: once for all template tests, which share nothing else.
          isolate: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'system',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/lib/**', 'test/soak/**', 'test/browser/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // After everything else. Two at a time, since most of them wait for a person's seconds; none asserts a time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...shared, name: 'soak', include: ['test/soak/**/*.test.ts'] } },
    ],
  },
});
