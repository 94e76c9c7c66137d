// The demo page: React and the client in one script, under names that change with what is in them.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { hashedName } from './served-files.ts';

/** Builds the page into `outdir`: index.html, and the script and the style sheet that it names. */
export function buildDemoPage(shared: BuildOptions, source: string, outdir: string): void {
  const { outputFiles = [] } = buildSync({
    ...shared,
    entryPoints: { demo: `${source}main.tsx` },
    outdir,
    format: 'esm',
    define: { IS_SERVED: 'false', 'process.env.NODE_ENV': '"production"' },
    write: false,
  });
  const names = outputFiles.map(({ path, text }) => {
    // Not esbuild's own hash, in which is where the checkout lies.
    const name = hashedName(basename(path), text);
    writeFileSync(`${outdir}${name}`, text);
    return name;
  });
  const nameOf = (extension: string) => names.find((name) => name.endsWith(extension)) ?? '';
  const page = readFileSync(`${source}index.html`, 'utf8')
    .replace('{{style}}', nameOf('.css'))
    .replace('{{script}}', nameOf('.js'));
  writeFileSync(`${outdir}index.html`, page);
}
