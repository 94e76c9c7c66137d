// The part of docs/client.md that is made from what was built: which files there are, how large, and how a page pins them.

import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import files from '../../client/dist/files.json' with { type: 'json' };

/** The file. */
export const DOCS_FILE = resolve(import.meta.dirname, '../../docs/client.md');

const MEANINGS: Readonly<Record<string, string>> = {
  'core.js': '`createAvatarClient`; nothing else is needed',
  'core-later.js': 'what keeps and fetches pictures; `core.js` loads it by itself',
  'react.js': 'the components and hooks; imports `react`',
  'sw.js': 'the service worker; a classic script',
  'sw-off.js': 'the service worker that takes the other one away',
};

/** The table of the built files, and the page that pins the modules among them. */
export function filesPart(): string {
  const rows = Object.entries(files.client).map(([name, { hashed, integrity, body }]) => {
    const kilobytes = (brotliCompressSync(body).length / 1000).toFixed(1);
    return `| \`${name}\` | ${MEANINGS[name]} | ${kilobytes} KB | \`${hashed}\` | \`${integrity}\` |`;
  });
  return [
    '| file | is | compressed | under this name for ever | integrity |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '```html',
    '<script type="importmap">',
    JSON.stringify(importMap('https://avatars.example.com'), null, 2),
    '</script>',
    '```',
  ].join('\n');
}

function importMap(url: string) {
  const addressOf = ({ hashed }: { hashed: string }) => `${url}/client/v1/${hashed}`;
  const { 'core.js': core, 'react.js': react } = files.client;
  // A browser looks at no integrity of a worker and of what that imports.
  const modules = Object.entries(files.client).filter(([name]) => !name.startsWith('sw'));
  return {
    imports: { 'cameo-client': addressOf(core), 'cameo-client/react': addressOf(react) },
    integrity: Object.fromEntries(modules.map(([, file]) => [addressOf(file), file.integrity])),
  };
}
