import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { TELEGRAM_PUBLIC_KEY } from '../../core/operator-settings.ts';
import { UnreadableKeys } from '../../local/key-file.ts';
import { initDataPublicKeys, loadSignInKey } from '../../local/sign-in-key.ts';

let dataDir: string;
let file: string;

beforeEach(() => {
  const parent = mkdtempSync(join(tmpdir(), 'cameo-sign-in-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  dataDir = join(parent, 'data');
  file = join(dataDir, 'sign-in-key.pem');
});

/** What INIT_DATA_PUBLIC_KEYS says, as a key; the prefix is RFC 8410's for Ed25519. */
function keyOf(hex: string) {
  const der = Buffer.from(`302a300506032b6570032100${hex}`, 'hex');
  return { key: der, format: 'der', type: 'spki' } as const;
}

describe('the sign-in key', () => {
  test('is made at first and the same ever after, for the owner alone to read', () => {
    const made = loadSignInKey(dataDir);
    const again = loadSignInKey(dataDir);

    expect(again.equals(made)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  test('is told of as the 32 bytes that check its signatures', () => {
    const key = loadSignInKey(dataDir);

    const [hex = '', ...others] = initDataPublicKeys(key, false);

    expect(others).toEqual([]);
    expect(hex).toMatch(/^[0-9a-f]{64}$/);
    const text = Buffer.from('text');
    expect(verify(null, text, keyOf(hex), sign(null, text, key))).toBe(true);
  });

  test('is beside that of Telegram where the bot is one of its own', () => {
    const key = loadSignInKey(dataDir);

    const keys = initDataPublicKeys(key, true);

    expect(keys).toEqual([...initDataPublicKeys(key, false), TELEGRAM_PUBLIC_KEY]);
  });

  const otherKind = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  test.each([
    ['empty', ''],
    ['cut off', '-----BEGIN PRIVATE KEY-----\nMC4CAQAw'],
    ['of another kind', otherKind.export({ format: 'pem', type: 'pkcs8' }).toString()],
  ])('is never replaced, and told of in one line, where its file is %s', (_, text) => {
    mkdirSync(dataDir);
    writeFileSync(file, text);

    expect(() => loadSignInKey(dataDir)).toThrow(UnreadableKeys);
    expect(() => loadSignInKey(dataDir)).toThrow(/^\S+sign-in-key\.pem .+\.$/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
