import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { isValid, isValid3rd, parse, sign } from '@tma.js/init-data-node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../core/errors.ts';
import { TELEGRAM_PUBLIC_KEY } from '../../core/operator-settings.ts';
import type { Profile } from '../../core/partner.ts';
import { parseInitData } from '../../lambdas/init-data.ts';
import { initDataReader, type SignInRules } from '../../lambdas/tma.ts';

/**
 * Signed by Telegram itself: the example of docs.telegram-mini-apps.com ("Validating for Third Parties"), which
 * the tests of Telegram-Mini-Apps/init-data-golang and tma.js check as well.
 */
const PUBLISHED = {
  botId: '7342037359',
  authDateSeconds: 1_733_584_787,
  raw: [
    'user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D',
    'chat_instance=8134722200314281151',
    'chat_type=private',
    'auth_date=1733584787',
    'hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6',
    'signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ',
  ].join('&'),
  profile: {
    userId: '279058397',
    firstName: 'Vladislav + - ? /',
    lastName: 'Kibenko',
    username: 'vdkfrost',
  },
} as const;

/** The example of the same pages for HMAC, from before Telegram signed for third parties. */
const PUBLISHED_HMAC = {
  botToken: '5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8',
  authDateSeconds: 1_662_771_648,
  raw: 'query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2',
} as const;

const MAX_AGE_SECONDS = 3600;

function readAt(nowSeconds: number, rules: Partial<SignInRules> = {}) {
  return initDataReader({
    botId: PUBLISHED.botId,
    publicKeys: TELEGRAM_PUBLIC_KEY,
    maxAgeSeconds: MAX_AGE_SECONDS,
    clock: { nowMs: () => nowSeconds * 1000 },
    ...rules,
  });
}

const readPublished = readAt(PUBLISHED.authDateSeconds + 60);

/** The published sign-in with one field replaced, or without it. */
function published(name: string, value?: string): string {
  const fields = PUBLISHED.raw.split('&').filter((field) => !field.startsWith(`${name}=`));
  return [...fields, ...(value === undefined ? [] : [`${name}=${value}`])].join('&');
}

const fieldOf = (name: string) => new URLSearchParams(PUBLISHED.raw).get(name) ?? '';

// A key of our own, for what Telegram has not signed and published.
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const OUR_KEY = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url').toString(
  'hex',
);
const NOW_SECONDS = 1_800_000_000;
const readOurs = readAt(NOW_SECONDS, { publicKeys: OUR_KEY });

function signatureOf(fields: Readonly<Record<string, string>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const signed = [`${PUBLISHED.botId}:WebAppData`, ...lines.sort()].join('\n');
  return signBytes(null, Buffer.from(signed), privateKey).toString('base64url');
}

/** Raw initData with these fields, signed with our key. */
function signed(fields: Readonly<Record<string, string>>): string {
  const whole = { auth_date: String(NOW_SECONDS), ...fields };
  return String(new URLSearchParams({ ...whole, signature: signatureOf(whole) }));
}

const signedUser = (user: unknown) => signed({ user: JSON.stringify(user) });

function errorOf(read: (raw: string) => Profile, raw: string): Error {
  try {
    read(raw);
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}

/** Asserts that it is refused as it should be, and tells nothing of what was sent. */
function expectRefusal(raw: string, words: string, read = readPublished) {
  const error = errorOf(read, raw);
  expect(error).toBeInstanceOf(Unauthenticated);
  expect(error.message).toContain(words);
  expect(error.cause).toBeUndefined();
  const told = inspect(error, { showHidden: true, depth: null });
  const sent = raw.split(/[&=]/).flatMap((part) => [part, ...part.split(/%[\dA-F]{2}/)]);
  // Short ones, such as "id" and "1", are in any text; names of fields are in every initData.
  const telling = sent.filter((part) => part.length > 4 && !/^[a-z_]+$/.test(part));
  expect(telling.filter((part) => told.includes(part))).toEqual([]);
}

describe('what Telegram signed', () => {
  test('signs its user in', () => {
    expect(readPublished(PUBLISHED.raw)).toEqual(PUBLISHED.profile);
  });

  test('is what the library takes as well', async () => {
    expect(await isValid3rd(PUBLISHED.raw, Number(PUBLISHED.botId), { expiresIn: 0 })).toBe(true);
  });

  test('is good under any of several keys, and under no other', () => {
    const readBoth = readAt(PUBLISHED.authDateSeconds, {
      publicKeys: `${OUR_KEY},${TELEGRAM_PUBLIC_KEY}`,
    });
    const readOther = readAt(PUBLISHED.authDateSeconds, { publicKeys: OUR_KEY });

    expect(readBoth(PUBLISHED.raw)).toEqual(PUBLISHED.profile);
    expectRefusal(PUBLISHED.raw, 'did not sign', readOther);
  });

  test('is good in any order of its fields', () => {
    const fields = PUBLISHED.raw.split('&');
    const orders = fc.shuffledSubarray(fields, { minLength: fields.length });

    fc.assert(
      fc.property(orders, (order) => {
        expect(readPublished(order.join('&'))).toEqual(PUBLISHED.profile);
      }),
    );
  });

  test('is good with any hash and without one: who has no bot token cannot check it', () => {
    expect(readPublished(published('hash', 'ab'))).toEqual(PUBLISHED.profile);
    expect(readPublished(published('hash'))).toEqual(PUBLISHED.profile);
  });

  test('is refused for another bot', () => {
    const read = readAt(PUBLISHED.authDateSeconds, { botId: '7342037358' });

    expectRefusal(PUBLISHED.raw, 'for bot 7342037358', read);
  });

  test('is refused where the operator has not said which bot it is', () => {
    const read = readAt(PUBLISHED.authDateSeconds, { botId: 'none' });

    expectRefusal(PUBLISHED.raw, 'the operator has not set botId', read);
  });
});

describe('the age of a sign-in', () => {
  const at = (seconds: number) => readAt(PUBLISHED.authDateSeconds + seconds);

  test.each([-10, 0, 1, 3599.9, 3600])('of %s s is good', (seconds) => {
    expect(at(seconds)(PUBLISHED.raw)).toEqual(PUBLISHED.profile);
  });

  test.each([3600.001, 3601, 86_400 * 365])('of %s s is too old', (seconds) => {
    expectRefusal(PUBLISHED.raw, 'older than 3600 s: open the Mini App again', at(seconds));
  });

  test.each([-10.001, -60, -86_400])('of %s s is from the future', (seconds) => {
    expectRefusal(PUBLISHED.raw, 'from the future', at(seconds));
  });

  test('may be as high as the operator says', () => {
    const read = readAt(PUBLISHED.authDateSeconds + 86_400, { maxAgeSeconds: 86_400 });

    expect(read(PUBLISHED.raw)).toEqual(PUBLISHED.profile);
  });

  test('is never good under a limit that is no number', () => {
    const read = readAt(PUBLISHED.authDateSeconds, { maxAgeSeconds: Number.NaN });

    expectRefusal(PUBLISHED.raw, 'older', read);
  });

  test.each([
    '',
    '0',
    '-1',
    '1.8e9',
    ' 1800000000',
    '01800000000',
    '0x6b49d200',
    '1800000000000000',
  ])('cannot be told from auth_date=%s, even if that is signed', (auth_date) => {
    const user = JSON.stringify({ id: 42, first_name: 'Ada' });

    expectRefusal(signed({ user, auth_date }), 'auth_date', readOurs);
  });

  test('cannot be told without auth_date', () => {
    expectRefusal(published('auth_date'), 'auth_date');
  });
});

describe('what was changed', () => {
  test.each([
    ['user', encodeURIComponent(fieldOf('user').replace('279058397', '279058398'))],
    ['user', encodeURIComponent(fieldOf('user').replace('vdkfrost', 'durov'))],
    ['user', encodeURIComponent(`${fieldOf('user')} `)],
    ['chat_instance', '8134722200314281152'],
    ['chat_type', 'group'],
    ['auth_date', '1733584788'],
    ['start_param', 'added'],
  ])('in %s is not what Telegram signed: %s', (name, value) => {
    expectRefusal(published(name, value), 'did not sign');
  });

  test.each(['user', 'chat_instance', 'chat_type'])('by leaving %s out is not either', (name) => {
    expectRefusal(published(name), 'did not sign');
  });

  test.each(PUBLISHED.raw.split('&'))('by saying a field twice is refused: %s', (field) => {
    const [name = ''] = field.split('=');

    expectRefusal(`${PUBLISHED.raw}&${field}`, 'has a field twice');
    expectRefusal(`${name}=1&${PUBLISHED.raw}`, 'has a field twice');
  });

  test('by drawing two fields into one is refused, though the signed lines are the same', () => {
    const both = `${fieldOf('chat_instance')}\nchat_type=private`;
    const raw = published('chat_type').replace(/chat_instance=\d+/, () =>
      String(new URLSearchParams({ chat_instance: both })),
    );

    expectRefusal(raw, 'line break');
  });

  test('in one character is refused, or means the same to us and to the library', async () => {
    const { raw } = PUBLISHED;
    const character = fc.integer({ min: 0x20, max: 0x7f }).map((code) => String.fromCharCode(code));
    const change = fc.record({
      at: fc.nat({ max: raw.length }),
      drop: fc.constantFrom(0, 1),
      put: fc.oneof(character, fc.constantFrom('', '&', '=', '%', '+', '\n', 'é', '\u0000')),
    });
    const { fields } = parseInitData(raw);

    await fc.assert(
      fc.asyncProperty(change, async ({ at, drop, put }) => {
        const changed = raw.slice(0, at) + put + raw.slice(at + drop);
        try {
          expect(readPublished(changed)).toEqual(PUBLISHED.profile);
        } catch (error) {
          if (error instanceof Unauthenticated) return;
          throw error;
        }
        expect(parseInitData(changed).fields).toEqual(fields);
        const { botId } = PUBLISHED;
        expect(await isValid3rd(changed, Number(botId), { expiresIn: 0 })).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a signature', () => {
  const signature = fieldOf('signature');

  test.each([
    ['is not there', undefined, 'no signature'],
    ['is empty', '', 'no signature'],
    ['is cut', signature.slice(0, -1), 'malformed signature'],
    ['is padded', `${signature}%3D%3D`, 'malformed signature'],
    ['is base64 in place of base64url', signature.replaceAll('-', '%2B'), 'malformed signature'],
    [
      'has other bits in the four that count for nothing',
      `${signature.slice(0, -1)}R`,
      'malformed',
    ],
    ['has a blank in it', `+${signature}`, 'malformed signature'],
    ['is of another kind', fieldOf('hash'), 'malformed signature'],
    ['has one bit flipped', `A${signature.slice(1)}`, 'did not sign'],
    ['is nothing but zeros', 'A'.repeat(86), 'did not sign'],
  ])('that %s is refused', (_, value, words) => {
    expectRefusal(published('signature', value), words);
  });

  test('is not replaced by a genuine HMAC hash', () => {
    const { raw, botToken, authDateSeconds } = PUBLISHED_HMAC;
    const [botId = ''] = botToken.split(':');

    // The library holds the bot token here; no function that the public reaches does.
    expect(isValid(raw, botToken, { expiresIn: 0 })).toBe(true);
    expectRefusal(raw, 'no signature', readAt(authDateSeconds, { botId }));
  });
});

describe('a text', () => {
  test.each([
    ['empty', ''],
    ['without a field', 'x'],
    ['with an empty field', `${PUBLISHED.raw}&`],
    ['with a field without a name', `${PUBLISHED.raw}&=1`],
    ['with a fragment', `#${PUBLISHED.raw}`],
    ['with a line break', PUBLISHED.raw.replace('&chat_type', '\n&chat_type')],
    ['with letters that are not encoded', PUBLISHED.raw.replace('Vladislav', 'Владислав')],
    ['joined out of two headers', `${PUBLISHED.raw}, tma ${PUBLISHED.raw}`],
    ['encoded twice', encodeURIComponent(PUBLISHED.raw)],
    ['with a name in capitals', PUBLISHED.raw.replace('chat_type', 'CHAT_TYPE')],
    ['with an encoded name', PUBLISHED.raw.replace('chat_type', '%63hat_type')],
  ])('%s is no initData', (_, raw) => {
    expectRefusal(raw, 'send it raw');
  });

  test.each(['%', '%4', '%zz', '%ff', '%c0%af', '%ed%a0%80'])(
    'with %s, which is no UTF-8, is refused',
    (escape_) => {
      expectRefusal(`start_param=${escape_}&${PUBLISHED.raw}`, 'not encoded as UTF-8');
    },
  );

  test.each([
    ['a value', (length: number) => `start_param=${'x'.repeat(length)}`],
    ['many fields', (length: number) => '&'.repeat(length)],
    ['escapes', (length: number) => '%41'.repeat(length)],
  ])('of megabytes of %s is refused for its length', (_, ofLength) => {
    expectRefusal(ofLength(3_000_000), 'more than 8192 characters');
  });

  test('of 8,192 characters is read, and of one more is not', () => {
    const start_param = 'x'.repeat(8192 - signedWith('').length);

    expect(readOurs(signedWith(start_param))).toMatchObject({ userId: '42' });
    expectRefusal(signedWith(`${start_param}x`), 'more than 8192', readOurs);
  });

  const signedWith = (start_param: string) =>
    signed({ user: '{"id":42,"first_name":"Ada"}', start_param });
});

describe('a user', () => {
  test.each([
    ['a plain one', { id: 42, first_name: 'Ada' }, { userId: '42', firstName: 'Ada' }],
    [
      'one with an empty last name, as Telegram says where there is none',
      { id: 42, first_name: 'Ada', last_name: '', username: '' },
      { userId: '42', firstName: 'Ada' },
    ],
    [
      'one who is said to be no bot',
      { id: 42, first_name: 'Ada', is_bot: false },
      { userId: '42', firstName: 'Ada' },
    ],
    [
      'one with the highest id that Telegram gives, and a name in any script',
      { id: 2 ** 52 - 1, first_name: '👩‍👩‍👧 שלום "&=+%\n', last_name: 'Ж'.repeat(128) },
      {
        userId: '4503599627370495',
        firstName: '👩‍👩‍👧 שלום "&=+%\n',
        lastName: 'Ж'.repeat(128),
      },
    ],
    [
      'one with fields that we know nothing of',
      { id: 42, first_name: 'Ada', photo_url: 'https://t.me/x', admin: true },
      { userId: '42', firstName: 'Ada' },
    ],
  ])('is signed in: %s', (_, user, profile) => {
    expect(readOurs(signedUser(user))).toEqual(profile);
  });

  test.each([
    ['who is a bot', { id: 42, first_name: 'Ada', is_bot: true }],
    ['who may be a bot', { id: 42, first_name: 'Ada', is_bot: 'no' }],
    ['without an id', { first_name: 'Ada' }],
    ['with a text for an id', { id: '42', first_name: 'Ada' }],
    ['with the id 0', { id: 0, first_name: 'Ada' }],
    ['with a negative id', { id: -42, first_name: 'Ada' }],
    ['with a fraction for an id', { id: 4.2, first_name: 'Ada' }],
    ['with an id that no number can hold', { id: 2 ** 53, first_name: 'Ada' }],
    ['without a first name', { id: 42 }],
    ['with an empty first name', { id: 42, first_name: '' }],
    ['with a name too long', { id: 42, first_name: 'A'.repeat(129) }],
    ['with a name that is no Unicode', { id: 42, first_name: '\ud800' }],
    ['with a last name too long', { id: 42, first_name: 'Ada', last_name: 'A'.repeat(129) }],
    ['with a number for a last name', { id: 42, first_name: 'Ada', last_name: 7 }],
    ['with an @ in its username', { id: 42, first_name: 'Ada', username: '@ada' }],
    ['that is a list', [42, 'Ada']],
    ['that is null', null],
    ['that is a text', 'Ada'],
  ])('%s is refused, though it is signed', (_, user) => {
    expectRefusal(signedUser(user), 'no person', readOurs);
  });

  test.each([
    ['there is none', signed({ query_id: 'AAHdF6IQAAAAAN0XohDhrOrc' })],
    ['there is another in its place', signed({ receiver: '{"id":42,"first_name":"Ada"}' })],
    ['it is empty', signed({ user: '' })],
    ['it is no JSON', signed({ user: '{"id":42,"first_name":"canary' })],
  ])('is missed where %s', (_, raw) => {
    expectRefusal(raw, 'no person', readOurs);
  });

  test('of an initData that the library signs and takes is the one whom the library reads', () => {
    const { botToken } = PUBLISHED_HMAC;
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const user = fc.record(
      {
        id: fc.integer({ min: 1, max: 2 ** 52 - 1 }),
        first_name: text.filter((name) => name !== ''),
        last_name: text,
        username: fc.stringMatching(/^\w{5,32}$/),
        is_premium: fc.boolean(),
      },
      { requiredKeys: ['id', 'first_name'] },
    );
    const authDate = new Date(NOW_SECONDS * 1000);

    fc.assert(
      fc.property(user, fc.stringMatching(/^[\w-]{1,64}$/), (person, start_param) => {
        const data = { user: person, start_param };
        const {
          hash: _,
          signature: __,
          ...fields
        } = Object.fromEntries(new URLSearchParams(sign(data, botToken, authDate)));
        const raw = sign({ ...data, signature: signatureOf(fields) }, botToken, authDate);

        expect(isValid(raw, botToken, { expiresIn: 0 })).toBe(true);
        const known = parse(raw).user;
        expect(readOurs(raw)).toEqual({
          userId: String(known?.id),
          firstName: known?.first_name,
          ...(known?.last_name && { lastName: known.last_name }),
          ...(known?.username && { username: known.username }),
        });
      }),
    );
  });
});

test.each(['', 'none', OUR_KEY.slice(1), `${OUR_KEY},`, `${OUR_KEY} ${OUR_KEY}`])(
  'a public key such as "%s" is the operator’s mistake, and no one’s sign-in is to blame',
  (publicKeys) => {
    const error = errorOf(readAt(PUBLISHED.authDateSeconds, { publicKeys }), PUBLISHED.raw);

    expect(error).not.toBeInstanceOf(Unauthenticated);
    expect(error.message).toContain('INIT_DATA_PUBLIC_KEYS');
  },
);
