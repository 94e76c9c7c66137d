// The documentation of the commands against the commands: what it lists is what there is.

import { globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
const commands = globSync('cli/commands/*.ts', { cwd: root }).map((path) => basename(path, '.ts'));

test.each(commands)('%s is in the README, and has a section with a sample', (command) => {
  const document = read('docs/commands.md');
  const [, section = ''] = document.split(`\n## \`${command}\`\n`);

  expect(read('README.md')).toMatch(new RegExp(`^\\| \`${command}\\b`, 'm'));
  expect(document).toContain(`\n| [\`${command}\`](#${command}) | `);
  expect(section.split('\n## ')[0]).toContain(`\n$ npx cameo ${command}`);
});

test.each(commands)('--help of %s has an example that names a stack', (command) => {
  expect(read(`cli/commands/${command}.ts`)).toMatch(
    new RegExp(`^ {2}\\$ npx cameo ${command}\\b.* --stack cameo`, 'm'),
  );
});

test.each([...commands.map((command) => `commands/${command}`), 'doctor/add-doctor', 'command'])(
  'the help in %s fits on 80 columns',
  (file) => {
    const [, help = ''] = /const HELP = `(.*?)`/s.exec(read(`cli/${file}.ts`)) ?? [];

    expect(help).not.toBe('');
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  },
);
