// What serve-client answers with, as one file that its bundle takes in: client/dist/files.json. The same sources make
// the same file, byte for byte, wherever they are built.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { STYLES } from '../client/react/styles.ts';

/** A built file as it is served. */
export interface ServedFile {
  /** Its Content-Type. */
  readonly type: string;
  /** Its name with a part of its hash in it: under this name it never changes. */
  readonly hashed: string;
  /** What a page pins it by (Subresource Integrity), of SHA-384. */
  readonly integrity: string;
  readonly body: string;
}

/** The file: by name, the client's modules and workers, and the demo page with what it loads. */
export interface ServedFiles {
  readonly client: Readonly<Record<string, ServedFile>>;
  readonly demo: Readonly<Record<string, ServedFile>>;
  /** What lets the client's own `<style>` element in, and no other: a source of `style-src` (CSP Level 3). */
  readonly inlineStyle: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads a folder of built files, and `demo/` in it, and writes `file`, whole or not at all. */
export function writeServedFiles(folder: string, file: string): void {
  const files: ServedFiles = {
    client: read(folder),
    demo: read(join(folder, 'demo')),
    inlineStyle: `'sha256-${createHash('sha256').update(STYLES).digest('base64')}'`,
  };
  const half = join(folder, 'files.json');
  writeFileSync(half, JSON.stringify(files));
  renameSync(half, file);
}

/** Moves what was built to where it is looked for, file by file, so that nobody reads half of one; what is not of it goes. */
export function publish(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  const built = readdirSync(from, { withFileTypes: true });
  for (const entry of built) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) publish(source, target);
    else renameSync(source, target);
  }
  const names = new Set(built.map(({ name }) => name));
  for (const name of readdirSync(to)) {
    if (!names.has(name)) rmSync(join(to, name), { recursive: true, force: true });
  }
  rmSync(from, { recursive: true });
}

function read(folder: string): Record<string, ServedFile> {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  return Object.fromEntries(
    names.sort().map((name) => [name, servedFile(name, readFileSync(join(folder, name), 'utf8'))]),
  );
}

/** The name with sixteen digits of the body's SHA-256 before its extension: other bytes, another name. */
export function hashedName(name: string, body: string): string {
  const extension = extname(name);
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `${name.slice(0, -extension.length)}.${digest}${extension}`;
}

/** What a file is served as; its name may begin with a folder. */
export function servedFile(name: string, body: string): ServedFile {
  const extension = extname(name);
  const type = TYPES[extension];
  if (!type) throw new Error(`${name}: no Content-Type is known for ${extension || 'it'}`);
  return {
    type,
    hashed: hashedName(name, body),
    integrity: `sha384-${createHash('sha384').update(body).digest('base64')}`,
    body,
  };
}
