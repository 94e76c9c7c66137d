// The key that signs the demo page's user in, in Telegram's place: made at first start and kept, so that a
// sign-in outlives a restart. Only the functions of this machine take its signatures.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { join } from 'node:path';
import { TELEGRAM_PUBLIC_KEY } from '../core/operator-settings.ts';
import { readKeyFile, UnreadableKeys, writeKeyFile } from './key-file.ts';

/** The Ed25519 private key of a data folder, made if it has none. Throws UnreadableKeys. */
export function loadSignInKey(dataDir: string): KeyObject {
  const file = join(dataDir, 'sign-in-key.pem');
  const pem = readKeyFile(file);
  return pem === undefined ? makeKey(file) : readKey(file, pem);
}

/**
 * The public keys whose signatures the functions take: this one's, and with a bot of the developer's own also
 * Telegram's, since its Mini App is being made here.
 */
export function initDataPublicKeys(privateKey: KeyObject, hasOwnBot: boolean): string[] {
  const ours = publicKeyHex(privateKey);
  return hasOwnBot ? [ours, TELEGRAM_PUBLIC_KEY] : [ours];
}

/** The 32 bytes of RFC 8032, hexadecimal. */
function publicKeyHex(privateKey: KeyObject): string {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('hex');
}

function makeKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeKeyFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  return privateKey;
}

function readKey(file: string, pem: string): KeyObject {
  const key = parseKey(pem);
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new UnreadableKeys(`${file} is not an Ed25519 key: delete it for a new one.`);
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says of it helps nobody.
    return undefined;
  }
}
