// A page with the built React component in it, React itself in its own modules, and the client of the tests.

import { basename } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { beforeEach } from 'vitest';
import type { AvatarServer } from '../avatar-server.ts';
import { makeClient, setUpClientWorld } from '../core/client-page.ts';

const VENDOR = ['react', 'react/jsx-runtime', 'react-dom', 'react-dom/client'];
const PATH = '/react-page/';
const addressOf = (specifier: string) => `${PATH}${specifier.replace('/', '-')}.mjs`;

/** React as modules with its names, which CommonJS has only at run time. */
const reactModules: Plugin = {
  name: 'react-modules',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^vendor:/ }, ({ path }) => ({ path, namespace: 'vendor' }));
    onLoad({ filter: /^vendor:/, namespace: 'vendor' }, async ({ path }) => {
      const specifier = path.slice('vendor:'.length);
      const names = Object.keys(await import(specifier)).filter((name) => /^[a-z]\w*$/i.test(name));
      const kept = names.filter((name) => name !== 'default').join();
      return { contents: `export {${kept}} from '${specifier}'`, resolveDir: import.meta.dirname };
    });
  },
};

/** The component comes from where it is served, as it was built. */
const servedComponent: Plugin = {
  name: 'served-component',
  setup({ onResolve }) {
    onResolve({ filter: /client\/react\/entry\.tsx$/ }, () => ({
      path: '/react.js',
      external: true,
    }));
  },
};

const shared = {
  bundle: true,
  write: false,
  format: 'esm',
  outdir: import.meta.dirname,
  outExtension: { '.js': '.mjs' },
  define: { 'process.env.NODE_ENV': '"development"' },
} as const;

let scripts: Promise<Map<string, Uint8Array>> | undefined;

async function buildScripts(): Promise<Map<string, Uint8Array>> {
  const vendor = build({
    ...shared,
    splitting: true,
    plugins: [reactModules],
    entryPoints: VENDOR.map((specifier) => ({
      in: `vendor:${specifier}`,
      out: specifier.replace('/', '-'),
    })),
  });
  const stage = build({
    ...shared,
    jsx: 'automatic',
    plugins: [servedComponent],
    external: VENDOR,
    entryPoints: [`${import.meta.dirname}/stage.tsx`],
  });
  const built = await Promise.all([vendor, stage]);
  const files = built.flatMap(({ outputFiles }) => outputFiles);
  return new Map(files.map(({ path, contents }) => [PATH + basename(path), contents]));
}

const importMap = JSON.stringify({
  imports: Object.fromEntries(VENDOR.map((specifier) => [specifier, addressOf(specifier)])),
});

/** What the page's server sends before any script. */
interface Sent {
  /** The content of the page's root. */
  readonly html?: string;
  /** Its Content-Security-Policy. */
  readonly csp?: string;
}

async function serveReactPage(server: AvatarServer, { html = '', csp }: Sent): Promise<void> {
  scripts ??= buildScripts();
  const built = await scripts;
  server.intercept(({ url = '' }, response) => {
    const script = built.get(url);
    if (script) response.setHeader('content-type', 'text/javascript').end(script);
    if (script || url !== PATH) return script !== undefined;
    if (csp) response.setHeader('content-security-policy', csp);
    response.setHeader('content-type', 'text/html').end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Avatars</title>
<script nonce="number-once" type="importmap">${importMap}</script>
<script nonce="number-once" type="module">
  import { createAvatarClient } from '/core.js';
  window.createAvatarClient = createAvatarClient;
</script>
<script nonce="number-once" type="module" src="${addressOf('stage')}"></script>
<main id="root">${html}</main>`);
    return true;
  });
}

async function openReactPage(phone: BrowserContext, { url }: AvatarServer): Promise<Page> {
  const page = await phone.newPage();
  await page.goto(url + PATH);
  await makeClient(page);
  return page;
}

/** What a test of a component works with. */
export interface ReactWorld {
  readonly server: AvatarServer;
  readonly phone: BrowserContext;
  /** Open, and with its client. */
  readonly page: Page;
}

/** Gives each test of the file its world: `prepare` sets the photos, and `sent` says what is there before any script. */
export function setUpReactWorld(
  prepare: (server: AvatarServer) => void = () => undefined,
  sent: (server: AvatarServer) => Sent = () => ({}),
): ReactWorld {
  const world = setUpClientWorld();
  let page: Page;

  beforeEach(async () => {
    prepare(world.server);
    await serveReactPage(world.server, sent(world.server));
    page = await openReactPage(world.phone, world.server);
  });

  return {
    get server() {
      return world.server;
    },
    get phone() {
      return world.phone;
    },
    get page() {
      return page;
    },
  };
}
