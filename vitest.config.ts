import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Emulators and sharp share two cores with the tests; a slow machine is not a failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
