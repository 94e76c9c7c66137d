// docs/client.md is held to the code.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULTS } from '../../../client/core/options.ts';

const docs = readFileSync(new URL('../../../docs/client.md', import.meta.url), 'utf8');

test('the table of options has every default as it is', () => {
  const section = docs.split('### Options')[1]?.split('\n\n| `cachePolicy`')[0] ?? '';
  const rows = section.matchAll(/^\| `(\w+)` \| ([^|]+) \| /gm);
  const told = Object.fromEntries(
    [...rows].filter(([, , told]) => told !== '–').map(([, name, value]) => [name, value]),
  );

  const written = Object.entries(DEFAULTS).map(([name, value]) => [
    name,
    typeof value === 'string' ? `\`'${value}'\`` : String(value),
  ]);
  expect(told).toEqual(Object.fromEntries(written));
});
