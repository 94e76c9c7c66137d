// What docs/client.md says of the component is what the sources say.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(resolve(root, file), 'utf8');
const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found]) => found);

const docs = read('docs/client.md').split('\n## React\n')[1]?.split('\n## ')[0] ?? '';

describe('the docs', () => {
  const source = read('client/react/profile-picture.tsx');

  test('have each prop of a picture', () => {
    const own = source.split('interface ProfilePictureProps')[1]?.split('\n}\n')[0] ?? '';

    expect(all(docs, /^\| `(\w+)` \|/gm)).toEqual(all(own, /^ {2}readonly (\w+)/gm));
  });

  test('have its defaults', () => {
    const told = [...docs.matchAll(/^\| `(\w+)` \| `(\d+)` \|/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    const given = [...source.matchAll(/^ {2}(\w+) = (\d+),/gm)].map(([, name, value]) => [
      name,
      value,
    ]);

    expect(told).toEqual(given);
  });

  test('have each custom property that a page can set', () => {
    const settable = all(read('client/react/styles.ts'), /var\((--cameo-[\w-]+),/g);

    expect(new Set(all(docs, /^\| `(--cameo-[\w-]+)` \|/gm))).toEqual(new Set(settable));
  });
});
