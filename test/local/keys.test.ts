import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { UnreadableKeys } from '../../local/key-file.ts';
import { loadKeys } from '../../local/keys.ts';

const NONE = { serviceKey: undefined, urlKey: undefined };
let parent: string;
let dataDir: string;
let file: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'cameo-keys-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  dataDir = join(parent, 'data');
  file = join(dataDir, 'keys.json');
});

function loading(): UnreadableKeys {
  try {
    loadKeys(dataDir, NONE);
  } catch (error) {
    if (error instanceof UnreadableKeys) return error;
    throw error;
  }
  throw new Error('the keys were loaded');
}

describe('the keys', () => {
  test('are made at first, 256 bits each, and the same ever after', () => {
    const made = loadKeys(dataDir, NONE);
    const again = loadKeys(dataDir, NONE);

    expect(made.urlKey).toMatch(/^[\w-]{43}$/);
    expect(made.serviceKey).toMatch(/^[\w-]{43}$/);
    expect(made.urlKey).not.toBe(made.serviceKey);
    expect(again).toEqual(made);
  });

  test('are for the owner alone to read, and so is the folder', () => {
    loadKeys(dataDir, NONE);

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  test('that are given go first and are not written down', () => {
    const given = { serviceKey: 'given-service-key', urlKey: undefined };

    const keys = loadKeys(dataDir, given);

    expect(keys.serviceKey).toBe('given-service-key');
    expect(keys.urlKey).toBe(loadKeys(dataDir, NONE).urlKey);
    expect(readFileSync(file, 'utf8')).not.toContain('given-service-key');
  });
});

describe('a keys file is never replaced, and told of in one line with its name,', () => {
  test.each([
    ['cut off', '{"serviceKey": "a'],
    ['empty', ''],
    ['without a key', '{"serviceKey": "a"}'],
    ['with an empty key', '{"serviceKey": "a", "urlKey": ""}'],
  ])('where it is %s', (_, text) => {
    mkdirSync(dataDir);
    writeFileSync(file, text);

    const { message } = loading();

    expect(message).toMatch(/^\S+keys\.json .+$/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('where it is a folder', () => {
    mkdirSync(file, { recursive: true });

    expect(loading().message).toBe(
      `${file} cannot be read (EISDIR): make it a file that you may read.`,
    );
  });

  // Root may read everything, so it is a link without an end that stands for what may not be read.
  test('where the system refuses to read it', () => {
    mkdirSync(dataDir);
    symlinkSync('keys.json', file);

    expect(loading().message).toMatch(/^\S+keys\.json cannot be read \(ELOOP\): .+$/);
  });
});

test('a folder that cannot be made is told of in one line', () => {
  writeFileSync(dataDir, 'a file');

  expect(loading().message).toMatch(/^\S+keys\.json cannot be (read|written) \(\w+\): .+$/);
});
