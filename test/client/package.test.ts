import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, test } from 'vitest';
import { consumerProject, typeMistakes } from './packed.ts';

let project: string;
let packed: string;
let manifest: { exports: Record<string, { types: string; default: string }> };
beforeAll(async () => {
  project = await consumerProject();
  packed = join(project, 'node_modules/cameo-client');
  manifest = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  return () => rmSync(project, { recursive: true });
});

describe('the package', () => {
  test('gives publint nothing to find', async () => {
    const { messages } = await publint({ pkgDir: packed, pack: false, strict: true });

    expect(messages.map((message) => formatMessage(message, manifest as object))).toEqual([]);
  });

  test('has what its exports name, and modules, maps and declarations alone', () => {
    const files = globSync('**/*.*', { cwd: packed });

    expect(Object.keys(manifest.exports)).toEqual(['.', './react', './sw']);
    for (const { types, default: module } of Object.values(manifest.exports)) {
      expect(files).toEqual(expect.arrayContaining([types, module].map((path) => path.slice(2))));
    }
    const others = files.filter(
      (file) => !/^dist\/([\w-]+\.js(\.map)?|types\/.+\.d\.ts)$/.test(file),
    );
    expect(others.sort()).toEqual(['README.md', 'package.json']);
  });

  test('brings the licence under which it may be used', () => {
    const [licence, ours] = [join(packed, 'LICENSE'), 'LICENSE'].map((file) =>
      readFileSync(file, 'utf8'),
    );

    expect(licence).toBe(ours);
  });

  test.each([
    ['a bundler', []],
    ['Node', ['--module', 'nodenext', '--moduleResolution', 'nodenext']],
  ])(
    'has types for whoever resolves as %s does, with nothing left unchecked',
    async (_, options) => {
      expect(await typeMistakes(project, ...options)).toBe('');
    },
  );
});
