import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import files from '../../client/dist/files.json' with { type: 'json' };
import { partOf } from '../cli/doctor/doctor-docs.ts';
import { DOCS_FILE, filesPart } from './client-docs.ts';

test('docs/client.md names the built files as `npm run docs:client` leaves them', () => {
  const written = partOf(readFileSync(DOCS_FILE, 'utf8'), 'files');

  expect(
    written,
    'the hashes change with the sources: run `npm run docs:client` and commit docs/client.md',
  ).toBe(filesPart());
});

test('docs/client.md says of every file what it is', () => {
  expect(filesPart()).not.toContain('undefined');
  expect(Object.keys(files.client)).toEqual(
    expect.arrayContaining(['core.js', 'react.js', 'sw.js']),
  );
});
