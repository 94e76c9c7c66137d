// What a page pays for the client, as it is served: minified, its dependencies inside, compressed by Brotli.

import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import files from '../../client/dist/files.json' with { type: 'json' };

test.each([
  ['core.js', 5_000],
  // Without React, which the page has anyway.
  ['react.js', 2_500],
] as const)('%s is at most %i bytes', (name, mostBytes) => {
  const { body } = files.client[name];

  const bytes = brotliCompressSync(body).length;

  const told = `${name}: ${bytes} bytes compressed, of ${body.length}; its budget is ${mostBytes}`;
  expect(bytes, told).toBeLessThanOrEqual(mostBytes);
});
