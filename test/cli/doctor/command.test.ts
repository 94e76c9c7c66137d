// `cameo doctor` as an operator has it: a process of its own, with its exit code and what it prints.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checks } from '../../../cli/doctor/checks.ts';
import { newDataDir, removeDataDir, startCameo } from '../../acceptance/running-cameo.ts';
import { emptyFolder } from './changed-system.ts';

const command = resolve(import.meta.dirname, '../../../bin/cameo.ts');

async function run(
  dataDir: string,
  parameters: readonly string[] = [],
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [command, 'doctor', ...parameters], {
    env: { PATH: process.env.PATH, CAMEO_DATA_DIR: dataDir },
  });
  const texts = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.errors += text;
  });
  await once(child, 'close');
  return { code: child.exitCode, ...texts };
}

test('says a line for each check and ends with 0 where nothing fails', async () => {
  const dataDir = newDataDir();
  const cameo = await startCameo(dataDir);

  const { code, output, errors } = await run(dataDir);
  await cameo.end('SIGTERM');
  removeDataDir(dataDir);

  expect(output).toMatch(/^✓ {2}Cameo {9}runs here, http:/m);
  expect(output).not.toContain('Credentials');
  expect(output).not.toContain('\u001B');
  expect(errors).toBe('');
  expect(code).toBe(0);
});

describe('where no Cameo runs', () => {
  test('it ends with 1 and says what to do', async () => {
    const { code, output } = await run(emptyFolder());

    expect(code).toBe(1);
    expect(output).toMatch(/^✗ {2}Cameo {9}none runs here$[^✗]+\$ npm start$/m);
  });

  test('--json is one document with every check', async () => {
    const { code, output } = await run(emptyFolder(), ['--json', '--verbose']);

    const report = JSON.parse(output);
    expect(code).toBe(1);
    expect(report.ok).toBe(false);
    expect(report.checks.map(({ name }: { name: string }) => name)).toEqual(
      checks.map(({ name }) => name),
    );
  });
});

test('an option that is none is one line and exit code 2', async () => {
  const { code, output, errors } = await run(emptyFolder(), ['--vrebose']);

  expect(code).toBe(2);
  expect(output).toBe('');
  expect(errors.trim()).toMatch(/^.*unknown option '--vrebose'.*$/i);
});

test('--help has examples', async () => {
  const { code, output } = await run(emptyFolder(), ['--help']);

  expect(code).toBe(0);
  expect(output).toContain('npx cameo doctor --stack cameo --region eu-central-1');
});
