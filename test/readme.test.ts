// The README against the code: what it lists is what there is.

import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../core/avatar-id.ts';
import { MISS_LIFETIME_SECONDS } from '../core/miss.ts';
import { routes } from '../core/topology.ts';
import { RULES } from '../lib/setting-rules.ts';
import { SETTINGS_TABLE } from '../local/settings.ts';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(resolve(root, 'README.md'), 'utf8');
const packageJson = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));

/** The cells of every table row whose first cell is code. */
const rows = [...readme.matchAll(/^\| (`.+) \|$/gm)].map(([, cells = '']) => cells.split(' | '));

describe('the README', () => {
  test('has the settings of local mode, with their defaults and meanings', () => {
    for (const [name, byDefault, meaning] of SETTINGS_TABLE) {
      expect(rows).toContainEqual([`\`${name}\``, byDefault, meaning]);
    }
  });

  test('has the settings of the stack, each with its default and meaning, and no others', () => {
    const [, table = ''] = /^\| context .+\n\|---.+\n((?:\|.+\n)+)/m.exec(readme) ?? [];

    const told = table.trim().split('\n');

    const declared = Object.entries(RULES).map(([name, { byDefault, meaning }]) => {
      const standard = byDefault === '' ? '–' : `\`${byDefault}\``;
      return `| \`${name}\` | ${standard} | ${meaning} |`;
    });
    expect(told).toEqual(declared);
  });

  test('has every route of the API', () => {
    const listed = rows.map(([first = '']) => first.replaceAll('`', ''));
    for (const { key } of routes) {
      if (key === '$default') continue;
      const [method = '', path = ''] = key.split(' ');
      const written = path
        .replace(/^(\/avatars\/.+)\{file\}$/, '$1{size}.webp')
        .replace(/^(\/placeholders\/.+)\{file\}$/, '$1{initials}.svg');
      const known = listed.filter((line) => line.includes(method)).map(pathOf);
      expect(known).toContain(written.replace('{colour}', '{0-6}'));
    }
  });

  test('has every reason of a miss', () => {
    for (const reason of Object.keys(MISS_LIFETIME_SECONDS)) {
      expect(rows.map(([first]) => first)).toContain(`\`${reason}\``);
    }
  });

  test('names every dependency, and each is pinned to one version', () => {
    const { dependencies, devDependencies } = packageJson;
    for (const [name, version] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      if (!/^@(aws-sdk|types)\//.test(name)) expect(readme).toContain(`\`${name}\``);
    }
  });

  test('links to nothing that is not there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
  });

  test('computes an avatarId in its example as the code does', () => {
    const [, example = ''] = /```js\n(const bits[\s\S]+?)```/.exec(readme) ?? [];
    const run = new Function('createHmac', 'URL_KEY', `${example}; return avatarId;`);

    const ids = ['k', 'another key', ''].map((key) => run(createHmac, key));

    expect(ids).toEqual(['k', 'another key', ''].map((key) => avatarIdOf(key, '42')));
    expect(readme).toContain(`key \`k\`, user \`42\` → \`${avatarIdOf('k', '42')}\``);
  });
});

function pathOf(line: string): string {
  return line.replace(/^[A-Z, ]+/, '').replace(/\?.*$/, '');
}
