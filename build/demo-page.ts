// The demo page: React and the client in one script, under names that change with what is in them.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';

/** Builds the page into `outdir`: index.html, and the script and the style sheet that it names. */
export function buildDemoPage(shared: BuildOptions, source: string, outdir: string): void {
  const { metafile } = buildSync({
    ...shared,
    entryPoints: { demo: `${source}main.tsx` },
    outdir,
    entryNames: '[name].[hash]',
    format: 'esm',
    define: { IS_SERVED: 'false', 'process.env.NODE_ENV': '"production"' },
    metafile: true,
  });
  const names = Object.keys(metafile?.outputs ?? {}).map((path) => basename(path));
  const nameOf = (extension: string) => names.find((name) => name.endsWith(extension)) ?? '';
  const page = readFileSync(`${source}index.html`, 'utf8')
    .replace('{{style}}', nameOf('.css'))
    .replace('{{script}}', nameOf('.js'));
  writeFileSync(`${outdir}index.html`, page);
}
