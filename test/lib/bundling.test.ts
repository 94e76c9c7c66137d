import { isBuiltin } from 'node:module';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { functions } from '../../core/topology.ts';
import { buildOptions, nativeModules } from '../../lib/bundling.ts';

const entries = Object.values(functions).map(({ entry }) => entry);

it.each(entries)('bundles %s into one CommonJS file with the handler in it', async (entry) => {
  const { outputFiles, metafile } = await build({
    ...buildOptions(entry, 'index.js'),
    write: false,
    metafile: true,
  });

  const [main] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint);
  const outside = main?.imports.filter(({ external }) => external).map(({ path }) => path) ?? [];
  const packages = outside.filter((path) => !path.startsWith('node:') && !isBuiltin(path));
  expect(outputFiles.map(({ path }) => path.split('/').at(-1)).sort()).toEqual([
    'index.js',
    'index.js.map',
  ]);
  expect(outputFiles.find(({ path }) => path.endsWith('.js'))?.text).toContain('handler');
  expect([...new Set(packages)]).toEqual(nativeModules(entry));
});

it('leaves the search for credentials out: on Lambda they are in the environment', async () => {
  const { metafile } = await build({
    ...buildOptions('serve-photo', 'index.js'),
    write: false,
    metafile: true,
  });

  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('lambdas/environment-credentials.ts');
  expect(inputs.filter((path) => /credential-provider-(ini|sso|imds)/.test(path))).toEqual([]);
});

it.each(entries)(
  'leaves every tracer out of %s: it would record the address of a call, and so the bot token',
  async (entry) => {
    const { metafile } = await build({
      ...buildOptions(entry, 'index.js'),
      write: false,
      metafile: true,
    });

    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => /xray|tracer|opentelemetry/i.test(path))).toEqual([]);
  },
);

it('leaves sharp to fetch-photo alone', () => {
  expect(entries.filter((entry) => nativeModules(entry).includes('sharp'))).toEqual([
    'fetch-photo',
  ]);
});
