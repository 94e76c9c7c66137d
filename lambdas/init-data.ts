// A Mini App's initData in its raw form: read so strictly that one signature stands for one set of fields.

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Unauthenticated } from '../core/errors.ts';

/** What Telegram signed, by name, and its signature. */
export interface InitData {
  readonly fields: ReadonlyMap<string, string>;
  readonly signature: Uint8Array;
}

// Names of 64 emoji in a chat with a title of 128 come to about 6,000 characters; API Gateway takes 10,240
// bytes of headers.
const MAX_LENGTH = 8 * 1024;

// Neither is part of what is signed for third parties.
const UNSIGNED = ['hash', 'signature'];

/** Reads raw initData, a query string. Throws Unauthenticated, with nothing of it in the message. */
export function parseInitData(raw: string): InitData {
  if (raw.length > MAX_LENGTH) {
    throw new Unauthenticated(
      `The initData has more than ${MAX_LENGTH} characters: send it as Telegram gave it.`,
    );
  }
  const fields = new Map<string, string>();
  for (const [name, value] of raw.split('&').map(fieldOf)) {
    // Of two, another reader might believe the other one.
    if (fields.has(name)) throw malformed('has a field twice');
    fields.set(name, value);
  }
  const signature = signatureOf(fields.get('signature'));
  for (const name of UNSIGNED) fields.delete(name);
  return { fields, signature };
}

/**
 * Whether one of the keys signed it for this bot (Bot API, "Validating data for Third-Party Use"). The way by
 * HMAC would need the bot's token, which no function has that the public reaches.
 */
export function isSigned(
  { fields, signature }: InitData,
  botId: string,
  publicKeys: readonly KeyObject[],
): boolean {
  const lines = Array.from(fields, ([name, value]) => `${name}=${value}`);
  const signed = Buffer.from([`${botId}:WebAppData`, ...lines.sort()].join('\n'));
  return publicKeys.some((key) => verify(null, signed, key, signature));
}

/** Reads Ed25519 keys: hexadecimal, separated by commas. Throws an error that names the one it cannot read. */
export function parsePublicKeys(text: string): KeyObject[] {
  return text.split(',').map((hex) => {
    if (!/^[\da-f]{64}$/i.test(hex)) {
      throw new Error(`INIT_DATA_PUBLIC_KEYS: "${hex}" is not 64 hexadecimal digits`);
    }
    const x = Buffer.from(hex, 'hex').toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  });
}

function fieldOf(pair: string): [name: string, value: string] {
  const [, name, encoded] = /^([a-z\d_]+)=([\x21-\x7e]*)$/.exec(pair) ?? [];
  if (name === undefined || encoded === undefined) throw malformed('is not a query string');
  const value = decode(encoded);
  // Signed are lines: with a line break in it, one field could be taken for two.
  if (value.includes('\n')) throw malformed('has a line break in a field');
  return [name, value];
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw malformed('is not encoded as UTF-8 in a query string');
  }
}

function signatureOf(text: string | undefined): Uint8Array {
  if (!text) {
    throw malformed(
      'has no signature; Telegram signs since Bot API 8.0, so its app may be too old',
    );
  }
  const signature = Buffer.from(text, 'base64url');
  // Buffer.from skips what is no base64url.
  if (signature.length === 64 && signature.toString('base64url') === text) return signature;
  throw malformed('has a malformed signature');
}

function malformed(what: string): Unauthenticated {
  return new Unauthenticated(
    `The initData ${what}: send it raw, as Telegram gave it to the Mini App.`,
  );
}
