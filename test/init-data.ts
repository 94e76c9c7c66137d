// A Mini App's sign-in as Telegram gives it, signed by a key of the test's own.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Signs users in for one bot. */
export interface InitDataSigner {
  /** The public key as INIT_DATA_PUBLIC_KEYS has it. */
  readonly publicKeyHex: string;
  /** Raw initData of a user, whose other fields may be given; `fields` replace those of the sign-in. */
  signIn(user: { id: number; [field: string]: unknown }, fields?: Record<string, string>): string;
  /** A signer for another bot with the same key: Telegram has one for all. */
  forBot(botId: string): InitDataSigner;
}

/** A signer for the bot with this id. */
export function initDataSigner(
  botId: string,
  keys = generateKeyPairSync('ed25519'),
): InitDataSigner {
  const { privateKey, publicKey } = keys;
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    publicKeyHex: Buffer.from(x, 'base64url').toString('hex'),
    forBot: (other) => initDataSigner(other, keys),
    signIn: (user, fields) => {
      const authDate = String(Math.floor(Date.now() / 1000));
      const whole = {
        auth_date: authDate,
        query_id: 'AAHdF6IQAAAAAN0XohDhrOrc',
        user: JSON.stringify({ first_name: 'Ada', ...user }),
        ...fields,
      };
      const signature = signatureOf(botId, whole, privateKey);
      return String(new URLSearchParams({ ...whole, signature, hash: '0'.repeat(64) }));
    },
  };
}

function signatureOf(botId: string, fields: Record<string, string>, key: KeyObject): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const message = [`${botId}:WebAppData`, ...lines.sort()].join('\n');
  return sign(null, Buffer.from(message), key).toString('base64url');
}
