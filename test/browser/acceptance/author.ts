// The author of a Mini App: a server of its own, which is another origin than Cameo's, with pages that load the
// client as Cameo serves it. React comes from the author, through an import map.

import { createRequire } from 'node:module';
import { build } from 'esbuild';
import type { AvatarClientOptions } from '../../../client/core/entry.ts';
import { type HttpServer, startHttpServer } from '../../http-server.ts';
import type { PageConfig } from './mini-app/mini-app.ts';

/** What the author builds on. */
export interface AuthorOptions {
  /** Where the pages find Cameo. */
  readonly endpoint: string;
  /** The partners that the list shows. */
  readonly ids: readonly string[];
  /** What Telegram gives the page at its start, as an Authorization. */
  readonly authorization: string;
}

/** The author's running server. */
export interface Author extends HttpServer {
  /** The address of a page: the list without a framework, or the same with React. */
  page(view: View, visit?: Visit): string;
}

/** What differs from one visit to another. */
export interface Visit {
  /** Who is signed in. */
  readonly scope?: string;
  /** Whom the list shows; all if nothing is said. */
  readonly ids?: readonly string[];
  /** Options of the client that JSON can hold. */
  readonly options?: Partial<AvatarClientOptions>;
}

/** Files in mini-app/. */
export type View = 'list' | 'partners';

/** Starts the server; its owner ends it. */
export async function startAuthor({
  endpoint,
  ids,
  authorization,
}: AuthorOptions): Promise<Author> {
  const files = await buildFiles(endpoint);
  const server = await startHttpServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://author');
    const file = files.get(pathname);
    if (file) return response.setHeader('content-type', 'text/javascript').end(file);
    if (pathname === '/favicon.ico') return response.writeHead(204).end();
    const visit: Visit = JSON.parse(searchParams.get('visit') ?? '{}');
    const usual = { endpoint, ids, authorization, scope: 'ada', options: {} };
    const config: PageConfig = { ...usual, ...visit };
    response.setHeader('content-type', 'text/html').end(html(pathname, endpoint, config));
  });
  return {
    ...server,
    page: (view, visit = {}) =>
      `${server.url}/${view}?${new URLSearchParams({ visit: JSON.stringify(visit) })}`,
  };
}

const REACT = ['react', 'react/jsx-runtime', 'react-dom/client'] as const;

function html(view: string, endpoint: string, config: PageConfig): string {
  const imports = {
    'cameo-client': `${endpoint}/client/v1/core.js`,
    'cameo-client/react': `${endpoint}/client/v1/react.js`,
    ...Object.fromEntries(REACT.map((name) => [name, `/modules/${name}.js`])),
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Partners</title>
<style>:root { color-scheme: light dark; }</style>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="application/json" id="config">${JSON.stringify(config)}</script>
<script type="module" src="${view}.js"></script>
</head>
<body>
<main><h1>Partners</h1><div id="root"></div></main>
</body>
</html>
`;
}

/** By path: the pages' scripts, React's modules, and the worker, which is Cameo's. */
async function buildFiles(endpoint: string): Promise<ReadonlyMap<string, string>> {
  const pages = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ['mini-app/list.ts', 'mini-app/partners.tsx'],
    outdir: '/',
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    external: [...REACT],
    // The sources of the client stand for its types only: what runs is what Cameo serves.
    plugins: [leaveToImportMap()],
  });
  const modules = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: Object.fromEntries(REACT.map((name) => [name, `module:${name}`])),
    outdir: '/modules',
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [withNamedExports()],
  });
  const built = [...pages.outputFiles, ...modules.outputFiles].map(
    ({ path, text }) => [path, text] as const,
  );
  const worker = `importScripts(${JSON.stringify(`${endpoint}/client/v1/sw.js`)});`;
  return new Map([...built, ['/sw.js', worker]]);
}

function leaveToImportMap(): import('esbuild').Plugin {
  const names = { core: 'cameo-client', react: 'cameo-client/react' } as const;
  return {
    name: 'leave-to-import-map',
    setup: ({ onResolve }) => {
      onResolve({ filter: /\/client\/(core|react)\/entry\.tsx?$/ }, ({ path }) => {
        const room = path.includes('/core/') ? 'core' : 'react';
        return { path: names[room], external: true };
      });
    },
  };
}

/** React is CommonJS: as a module it has to name what it exports. */
function withNamedExports(): import('esbuild').Plugin {
  const require = createRequire(import.meta.url);
  return {
    name: 'with-named-exports',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^module:/ }, ({ path }) => ({
        path: path.replace('module:', ''),
        namespace: 'module',
      }));
      onLoad({ filter: /.*/, namespace: 'module' }, ({ path }) => {
        const names = Object.keys(require(path));
        const contents = `import whole from '${path}'; export default whole; export const { ${names} } = whole;`;
        return { contents, resolveDir: import.meta.dirname };
      });
    },
  };
}
