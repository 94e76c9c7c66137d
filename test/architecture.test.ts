// Who may import whom, read out of the sources: bin, cli, lambdas, local → adapters → core.

import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface Room {
  /** Rooms whose files it may import, itself included. */
  readonly rooms: readonly string[];
  /** Single files of other rooms that it may import, too. */
  readonly files?: readonly string[];
  /** Packages that it may import; `node:` modules are everyone's. */
  readonly packages: readonly RegExp[];
}

const AWS_SDK = /^@aws-sdk\//;

const rooms: Record<string, Room> = {
  core: { rooms: ['core'], packages: [/^sharp$/] },
  adapters: {
    rooms: ['adapters', 'core'],
    packages: [AWS_SDK, /^@aws-lambda-powertools\/parameters/, /^valibot$/],
  },
  lambdas: {
    rooms: ['lambdas', 'adapters', 'core'],
    // Built before anything is run or bundled.
    files: ['client/dist/files.json'],
    packages: [
      AWS_SDK,
      /^@aws-lambda-powertools\/logger$/,
      /^@middy\/core$/,
      /^aws-lambda$/,
      /^p-limit$/,
      /^valibot$/,
    ],
  },
  lib: {
    rooms: ['lib', 'core'],
    packages: [/^aws-cdk-lib/, /^cdk-nag$/, /^constructs$/, /^esbuild$/],
  },
  local: {
    rooms: ['local', 'lambdas', 'adapters', 'core'],
    packages: [
      AWS_SDK,
      /^aws-lambda$/,
      /^dynalite$/,
      /^fauxqs$/,
      /^http-cache-semantics$/,
      /^lru-cache$/,
      /^valibot$/,
    ],
  },
  cli: {
    rooms: ['cli', 'local', 'adapters', 'core'],
    // The doctor checks cdk.json as the deployment will; a test below keeps the CDK itself out of it.
    files: ['lib/settings.ts'],
    packages: [AWS_SDK, /^commander$/, /^csv-parse$/, /^picocolors$/, /^valibot$/],
  },
  // A browser's code: of core, the types of what is served and what needs nothing of Node. Without a framework, but
  // for the components, which know the client by its types alone.
  'client/core': {
    rooms: ['client/core'],
    files: [
      'core/avatar-id-form.ts',
      'core/avatar-url.ts',
      'core/change-feed.ts',
      'core/partner-record.ts',
      'core/sizes.ts',
      'core/user-id-form.ts',
    ],
    packages: [/^idb$/],
  },
  'client/react': {
    rooms: ['client/react'],
    files: ['client/core/types.ts', 'core/initials.ts', 'core/peer-colour.ts'],
    packages: [/^react$/],
  },
  'client/sw': { rooms: ['client/sw'], files: ['core/avatar-url.ts'], packages: [/^workbox-/] },
  // A front end as any other: it takes what the package exports.
  'client/demo': {
    rooms: ['client/demo'],
    files: [
      'client/core/entry.ts',
      'client/core/types.ts',
      'client/react/entry.tsx',
      'core/peer-colour.ts',
    ],
    packages: [/^react$/, /^react-dom\/client$/],
  },
  build: { rooms: ['build'], files: ['client/react/styles.ts'], packages: [/^esbuild$/] },
  cost: { rooms: ['cost', 'lib', 'core'], packages: [/^aws-cdk-lib/] },
  bin: {
    rooms: ['bin', 'build', 'cli', 'cost', 'lib', 'local', 'core'],
    packages: [/^aws-cdk-lib/],
  },
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function importsOf(room: string): Import[] {
  return globSync(`${room}/**/*.{ts,tsx}`, { cwd: root }).flatMap((file) => {
    const source = readFileSync(resolve(root, file), 'utf8');
    const found = source.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g);
    return [...found].map(([, specifier = '']) => ({ file, specifier }));
  });
}

function breachOf(
  { file, specifier }: Import,
  { rooms: allowed, files = [], packages }: Room,
): boolean {
  if (specifier.startsWith('node:')) return false;
  if (!specifier.startsWith('.')) return !packages.some((pattern) => pattern.test(specifier));
  const target = relative(root, resolve(root, dirname(file), specifier));
  return !files.includes(target) && !allowed.some((room) => target.startsWith(`${room}/`));
}

describe('imports go one way', () => {
  test.each(Object.entries(rooms))('%s', (name, room) => {
    const imports = importsOf(name);
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((found) => breachOf(found, room))).toEqual([]);
  });

  test('every file of the client is in a room of its own', () => {
    const inRooms = ['core', 'react', 'sw', 'demo'].flatMap((room) => importsOf(`client/${room}`));
    const built = importsOf('client').filter(({ file }) => !file.startsWith('client/dist/'));
    expect(built).toHaveLength(inRooms.length);
  });

  test('the package of the client names every package that it imports', () => {
    const manifest = readFileSync(resolve(root, 'client/package.json'), 'utf8');
    const { dependencies, peerDependencies } = JSON.parse(manifest);
    const imported = ['core', 'react', 'sw']
      .flatMap((room) => importsOf(`client/${room}`))
      .filter(({ specifier }) => !specifier.startsWith('.'))
      .map(({ specifier }) => specifier.split('/')[0]);
    expect([...new Set(imported)].sort()).toEqual(
      Object.keys({ ...dependencies, ...peerDependencies }).sort(),
    );
  });

  test('a breach is found', () => {
    const breach = { file: 'core/miss.ts', specifier: '../adapters/telegram.ts' };
    expect(breachOf(breach, rooms.core as Room)).toBe(true);
    expect(breachOf({ ...breach, specifier: '@aws-sdk/client-s3' }, rooms.core as Room)).toBe(true);
  });
});

test('the settings of the stack are read without the CDK, which takes seconds to load', () => {
  const all = importsOf('lib');
  const reached = new Set(['lib/settings.ts']);
  const packages: string[] = [];
  // A set goes on with what is added while it is gone through.
  for (const file of reached) {
    for (const { specifier } of all.filter((found) => found.file === file)) {
      if (specifier.startsWith('./')) reached.add(specifier.replace('.', 'lib'));
      else if (!specifier.startsWith('../core/')) packages.push(specifier);
    }
  }
  expect(packages).toEqual([]);
});

describe('core', () => {
  const sources = globSync('core/**/*.ts', { cwd: root }).map((file) => ({
    file,
    source: readFileSync(resolve(root, file), 'utf8'),
  }));

  test.each([
    ['environment', /process\.env/],
    ['wall clock', /Date\.now\(|new Date\(\)|performance\.now\(/],
    ['randomness', /Math\.random\(|randomUUID|randomBytes/],
    ['timers', /\bsetTimeout\(|\bsetInterval\(/],
  ])('knows no %s', (_, forbidden) => {
    expect(sources.filter(({ source }) => forbidden.test(source)).map(({ file }) => file)).toEqual(
      [],
    );
  });

  test('decodes pictures in one place', () => {
    const importers = importsOf('core').filter(({ specifier }) => specifier === 'sharp');
    expect(importers.map(({ file }) => file)).toEqual(['core/render-webp.ts']);
  });
});

test('the environment of a function is read in one place', () => {
  const readers = globSync('{adapters,lambdas}/**/*.ts', { cwd: root }).filter((file) =>
    /process\.env/.test(readFileSync(resolve(root, file), 'utf8')),
  );
  expect(readers.sort()).toEqual(['lambdas/clients.ts', 'lambdas/environment.ts']);
});
