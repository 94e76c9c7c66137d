// Mutation tests of core/: what a rule says is changed a little, and a test has to fail. `npm run mutation`.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
const config = {
  // The topology is data: the templates' tests hold every word of it, and take seconds to load the CDK.
  mutate: ['core/**/*.ts', '!core/topology.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A loop that never ends is ended after this, and half as long again as its tests take.
  timeoutMS: 20_000,
  thresholds: { high: 95, low: 85, break: 85 },
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { logTests: false, allowColor: false },
  htmlReporter: { fileName: 'reports/mutation/index.html' },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  // Stryker would read it by TypeScript's programming interface, which TypeScript 7 does not have.
  ignorePatterns: ['/tsconfig.json', '/.cameo', '/.bench', '/cdk.out', '/coverage', '/docs'],
};

// biome-ignore lint/style/noDefaultExport: Stryker reads it
export default config;
