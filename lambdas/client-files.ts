// The browser client's built files by the names that they are asked for. They are a part of the bundle: a release of
// the functions is one of the client, too.

import files from '../client/dist/files.json' with { type: 'json' };

/** A built file, as build/served-files.ts writes it. */
export interface ClientFile {
  readonly type: string;
  readonly hashed: string;
  readonly integrity: string;
  readonly body: string;
}

type ByName = Readonly<Record<string, ClientFile>>;

const { client, demo }: { readonly client: ByName; readonly demo: ByName } = files;

/** The source of `style-src` that lets the client's own `<style>` element in, and no other. */
export const inlineStyle: string = files.inlineStyle;

const clientFiles = new Map(Object.entries(client));
const byHashedName = new Map(Object.values(client).map((file) => [file.hashed, file]));
const demoFiles = new Map(Object.entries(demo));

/** The file of this release whose name has a hash, and only that one. */
export const hashedFile = (name: string): ClientFile | undefined => byHashedName.get(name);

/** All of them. */
export const hashedFiles = (): ClientFile[] => [...byHashedName.values()];

/** The file of this name, in whichever release this is. */
export const clientFile = (name: string): ClientFile | undefined => clientFiles.get(name);

/** The page at `/`, if one was built. */
export const demoIndex = (): ClientFile | undefined => demoFiles.get('index.html');

/** A file that the demo page loads, by the name that the page has for it. */
export const demoFile = (name: string): ClientFile | undefined => demoFiles.get(name);

/**
 * The file that stands for one of another release: while a release goes live, the page may be of the new version and
 * what it loads be asked of the old one.
 */
export function demoFileInstead(name: string): ClientFile | undefined {
  const wanted = withoutHash(name);
  return [...demoFiles].find(([known]) => withoutHash(known) === wanted)?.[1];
}

/** `demo.js` of `demo.ABCDEFGH.js`. */
function withoutHash(name: string): string {
  return name.replace(/\.\w{8,}(\.\w+)$/, '$1');
}
