import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../core/errors.ts';
import { requireServiceKey } from '../../lambdas/bearer.ts';

const OLD = 'old-key-canary-0123';
const NEW = 'new-key-canary-4567';

function errorOf(given: string, secretText: string): Error {
  try {
    requireServiceKey(given, secretText);
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

describe('a service key', () => {
  test('is the one in the secret', () => {
    expect(() => requireServiceKey(NEW, NEW)).not.toThrow();
    expect(() => requireServiceKey(NEW, `${NEW}\n`)).not.toThrow();
  });

  test.each([`${OLD} ${NEW}`, `${NEW} ${OLD}`, `${OLD}\n${NEW}\n`, `\t${OLD}  \r\n ${NEW}`])(
    'is either of two while it is changed: %j',
    (secretText) => {
      expect(() => requireServiceKey(OLD, secretText)).not.toThrow();
      expect(() => requireServiceKey(NEW, secretText)).not.toThrow();
    },
  );

  test.each([
    ['another', 'another-key-of-someone'],
    ['the key and more', `${NEW}x`],
    ['a part of the key', NEW.slice(0, -1)],
    ['both at once', `${OLD} ${NEW}`],
    ['nothing', ''],
    ['the key in capitals', NEW.toUpperCase()],
  ])('is not %s', (_, given) => {
    const error = errorOf(given, `${OLD} ${NEW}`);

    expect(error).toBeInstanceOf(Unauthenticated);
    expect(error.message).toContain('the one that this Cameo was given');
    expect(inspect(error)).not.toContain('canary');
  });

  test('that was taken out of the secret is one no more', () => {
    expect(errorOf(OLD, NEW)).toBeInstanceOf(Unauthenticated);
  });

  test('is nothing but one of those in the secret, whatever is given', () => {
    const key = fc.stringMatching(/^[\w-]{16,64}$/);

    fc.assert(
      fc.property(key, key, fc.oneof(key, fc.string()), (first, second, given) => {
        fc.pre(given !== first && given !== second);
        expect(() => requireServiceKey(given, `${first} ${second}`)).toThrow(Unauthenticated);
        expect(() => requireServiceKey(second, `${first} ${second}`)).not.toThrow();
      }),
    );
  });
});

describe('a secret', () => {
  test.each([
    ['of three keys', `${OLD} ${NEW} third-key-0123456`, OLD],
    ['with a key that can be guessed', `${NEW} short`, 'short'],
    ['that is JSON', `{ "serviceKey": "${NEW}" }`, '"serviceKey":'],
    ['that is JSON in two words', `{"canary-service-key": "${NEW}"}`, '{"canary-service-key":'],
    ['with nothing in it', ' ', ''],
  ])('%s lets nobody in, and is the operator’s mistake', (_, secretText, given) => {
    const error = errorOf(given, secretText);

    expect(error).not.toBeInstanceOf(Unauthenticated);
    expect(error.message).toContain('must hold one key, or two');
    expect(inspect(error)).not.toContain('canary');
  });
});
