import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Secret } from '../../adapters/secret.ts';
import { telegram } from '../../adapters/telegram.ts';
import {
  PhotoRejected,
  TelegramLinkExpired,
  TelegramThrottled,
  TelegramTransient,
  TelegramUnauthorized,
} from '../../core/errors.ts';
import type { ListedPhoto, TelegramFile } from '../../core/ports.ts';
import {
  addFault,
  currentPhoto,
  deletePhoto,
  hidePhotos,
  readCounters,
  resetBotApi,
  rotateToken,
  setPhoto,
} from '../../local/bot-api/control.ts';
import type { Fault } from '../../local/bot-api/fault.ts';
import { LINK_MS } from '../../local/bot-api/links.ts';
import { type BotApi, startBotApi } from '../../local/bot-api/server.ts';
import { testServer } from '../http-server.ts';
import { jpegWithThumbnail } from '../thumbnail-jpeg.ts';

const TOKEN = '123456:AAcanary-canary-canary-canary-canary0';
const ROTATED = '123456:BBcanary-canary-canary-canary-canary0';
const { signal } = new AbortController();

let botApi: BotApi;
let nowMs = 1_800_000_000_000;
let token: ReturnType<typeof secretOf>;
let bot: ReturnType<typeof telegram>;
beforeAll(async () => {
  botApi = await startBotApi({ token: TOKEN, now: () => nowMs });
  return () => botApi.close();
});
beforeEach(() => {
  token = secretOf(TOKEN);
  bot = telegram(botApi.apiRoot, token);
});
afterEach(() => resetBotApi(botApi.apiRoot));

/** A secret that has another value each time that it was forgotten, the last one for ever. */
function secretOf(...values: string[]): Secret & { forgotten: number } {
  const secret = {
    forgotten: 0,
    read: async () => values[Math.min(secret.forgotten, values.length - 1)] ?? '',
    forget: () => {
      secret.forgotten += 1;
    },
  };
  return secret;
}

/** The error of a call; whatever it is, nobody learns the token or a path from it. */
async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    (value) => expect.fail(`it succeeded: ${inspect(value)}`),
    (reason) => reason,
  );
  const told = [
    inspect(error, { depth: 10, showHidden: true, getters: true }),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    String(error.stack),
    String(error),
  ].join('\n');
  expect(told).not.toMatch(/canary|bot123456|photos\/|127\.0\.0\.1:|<html|file_\d/);
  return error;
}

const fault = (injected: Fault) => addFault(botApi.apiRoot, injected);

async function listed(userId: number): Promise<ListedPhoto> {
  const photo = await bot.currentPhoto(String(userId), signal);
  return photo ?? expect.fail('no photo');
}

const opened = async (userId: number): Promise<TelegramFile> =>
  bot.openFile((await listed(userId)).fileId, signal);

async function callsOf(name: 'getUserProfilePhotos' | 'getFile' | 'download'): Promise<number> {
  return (await readCounters(botApi.apiRoot)).calls[name].total;
}

test('a photo is listed, opened and downloaded over one connection', async () => {
  const photo = await listed(1);
  const file = await bot.openFile(photo.fileId, signal);
  const bytes = await bot.download(file, signal);

  expect(file).toMatchObject({ photoId: photo.photoId, fileId: photo.fileId });
  expect(file.sizeBytes).toBe(bytes.length);
  expect(Buffer.from(bytes)).toEqual(await currentPhoto(botApi.apiRoot, 1));
});

describe('the current photo', () => {
  const inOrder = (...widths: number[]) => ({
    total_count: 1,
    photos: [widths.map((width) => ({ file_id: `f${width}`, file_unique_id: `u${width}`, width }))],
  });

  test.each([[[160, 320, 640]], [[640, 320, 160]], [[320, 640, 160]], [[160, 320]], [[160]]])(
    'is the widest of %j, whatever the order',
    async (widths) => {
      await fault({ call: 'getUserProfilePhotos', effect: 'merge', result: inOrder(...widths) });

      const widest = Math.max(...widths);
      expect(await listed(1)).toEqual({ photoId: `u${widest}`, fileId: `f${widest}` });
    },
  );

  test('has the id of the 640 px size', async () => {
    const { photos } = await setPhoto(botApi.apiRoot, 1, 'cat');

    expect((await listed(1)).photoId).toBe(photos[0]?.bigUniqueId);
  });

  test.each([
    ['none', async () => {}, 10],
    ['none any more', () => deletePhoto(botApi.apiRoot, 1), 1],
    ['hidden', () => hidePhotos(botApi.apiRoot, 1), 1],
    ['of a user whom Telegram does not know', async () => {}, 10404],
  ])('is nothing where it is %s', async (_, change, userId) => {
    await change();

    expect(await bot.currentPhoto(String(userId), signal)).toBeUndefined();
  });

  test.each([
    ['a count without photos', { total_count: 3, photos: [] }],
    ['a photo without sizes', inOrder()],
    ['no photos at all', { photos: null }],
    ['no count', { total_count: null }],
    [
      'an id that would lead out of its folder',
      {
        photos: [[{ file_id: 'f', file_unique_id: '../../x', width: 1 }]],
      },
    ],
    [
      'an id that would end a header',
      {
        photos: [[{ file_id: 'f', file_unique_id: 'a\r\nset-cookie: b', width: 1 }]],
      },
    ],
    ['a width in words', { photos: [[{ file_id: 'f', file_unique_id: 'u', width: 'wide' }]] }],
  ])('is not taken for none because of %s', async (_, result) => {
    await fault({ call: 'getUserProfilePhotos', effect: 'merge', result });

    const error = await failureOf(bot.currentPhoto('1', signal));

    expect(error).toBeInstanceOf(TelegramTransient);
  });
});

describe('a failure of a method', () => {
  const meanings = [
    [400, 'Bad Request: invalid file_id', 'TelegramFileGone'],
    [400, 'Bad Request: wrong file_id or the file is temporarily unavailable', 'TelegramFileGone'],
    [400, 'Bad Request: file is too big', 'PhotoRejected'],
    [401, 'Unauthorized', 'TelegramUnauthorized'],
    [401, 'Unauthorized: invalid token specified', 'TelegramUnauthorized'],
    [404, 'Not Found', 'TelegramUnauthorized'],
    [500, 'Internal Server Error', 'TelegramTransient'],
    [502, 'Bad Gateway', 'TelegramTransient'],
    [504, 'Gateway Timeout', 'TelegramTransient'],
  ] as const;

  test.each(meanings)('%i "%s" means %s', async (status, description, meaning) => {
    const { fileId } = await listed(1);
    await fault({ call: 'getFile', effect: 'error', status, description });

    const error = await failureOf(bot.openFile(fileId, signal));

    expect(error.name).toBe(meaning);
  });

  test.each(['Bad Request: invalid user_id specified', 'Bad Request: file_id not specified'])(
    '400 "%s" is a mistake of ours, for a person',
    async (description) => {
      await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 400, description });

      const error = await failureOf(bot.currentPhoto('1', signal));

      expect(error.name).toBe('TelegramRefused');
    },
  );

  test('400 "chat not found" means no photo', async () => {
    const description = 'Bad Request: chat not found';
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 400, description });

    expect(await bot.currentPhoto('1', signal)).toBeUndefined();
  });

  test.each([
    [35, 35],
    [0.2, 1],
    ['35', 35],
    [86_400, 900],
    [1e300, 900],
    [0, 5],
    [-7, 5],
    ['soon', 5],
    [undefined, 5],
  ])('429 with retry_after %s is a pause of %i s', async (retryAfter, expected) => {
    const limits = retryAfter === undefined ? {} : { retryAfter };
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 429, ...limits });

    const error = await failureOf(bot.currentPhoto('1', signal));

    expect(error).toBeInstanceOf(TelegramThrottled);
    expect(error).toMatchObject({ retryAfterSeconds: expected });
  });

  test.each([
    ['a page of HTML', { 'retry-after': '35' }, '<html>slow down</html>', 35],
    ['a JSON that does not say how long', { 'retry-after': '12' }, '{"ok":false}', 12],
    ['no body', { 'retry-after': '12' }, '', 12],
    ['a date in its header', { 'retry-after': 'Fri, 31 Dec 2027 23:59:59 GMT' }, '', 5],
    ['nothing at all', {}, '', 5],
    ['a body that says otherwise', { 'retry-after': '3' }, retryAfterBody(40), 40],
  ])('429 with %s is a pause, too', async (_, headers, body, expected) => {
    const server = await testServer((_, response) => response.writeHead(429, headers).end(body));

    const error = await failureOf(telegram(server.url, token).currentPhoto('1', signal));

    expect(error).toMatchObject({ name: 'TelegramThrottled', retryAfterSeconds: expected });
  });

  test.each([
    ['a page of HTML under 502', { effect: 'html', status: 502 }],
    ['a page of HTML under 200', { effect: 'html', status: 200 }],
    ['half a JSON', { effect: 'short' }],
    ['half a JSON and then the end', { effect: 'cut' }],
    ['no body', { effect: 'empty' }],
    ['more than an answer can have', { effect: 'endless' }],
    ['a redirect', { effect: 'redirect', location: 'http://127.0.0.1:1/' }],
  ] as const)('is transient with %s', async (_, effect) => {
    await fault({ call: 'getUserProfilePhotos', ...effect });

    const error = await failureOf(bot.currentPhoto('1', signal));

    expect(error).toBeInstanceOf(TelegramTransient);
  });

  test('is transient where nobody listens', async () => {
    const error = await failureOf(telegram('http://127.0.0.1:1', token).currentPhoto('1', signal));

    expect(error).toBeInstanceOf(TelegramTransient);
    expect(error.message).toContain('ECONNREFUSED');
  });
});

describe('a hang', () => {
  test.each(['hang', 'stall'] as const)('of a method (%s) ends with the signal', async (effect) => {
    await fault({ call: 'getUserProfilePhotos', effect });
    const leaving = new AbortController();
    const pending = failureOf(bot.currentPhoto('1', leaving.signal));
    await untilInFlight();

    leaving.abort();

    expect(await pending).toBeInstanceOf(TelegramTransient);
    await untilInFlight(0);
  });

  test('of a download ends with the signal', async () => {
    const file = await opened(1);
    await fault({ call: 'download', effect: 'stall' });
    const leaving = new AbortController();
    const pending = failureOf(bot.download(file, leaving.signal));
    await untilInFlight();

    leaving.abort();

    expect(await pending).toBeInstanceOf(TelegramTransient);
    await untilInFlight(0);
  });
});

describe('a file path', () => {
  test.each([
    ['is missing', null],
    ['is empty', ''],
    ['is absolute and has the token in it', `/var/lib/telegram/${TOKEN}/photos/file_1.jpg`],
    ['goes up', 'photos/../../etc/passwd'],
    ['is hidden', '.photos/file_1.jpg'],
    ['has an empty part', 'photos//file_1.jpg'],
    ['is a URL', 'https://evil.example/photos/file_1.jpg'],
    ['is a host', '//evil.example/file_1.jpg'],
    ['has a query', 'photos/file_1.jpg?x=1'],
    ['has escapes', 'photos/%2e%2e/file_1.jpg'],
    ['ends a line', 'photos/file_1.jpg\r\nx: y'],
    ['ends in a line break', 'photos/file_1.jpg\n'],
    ['has a backslash', 'photos\\..\\file_1.jpg'],
    ['is not ASCII', 'photos/фото_1.jpg'],
  ])('that %s is not used and not told', async (_, file_path) => {
    const { fileId } = await listed(1);
    await fault({ call: 'getFile', effect: 'merge', result: { file_path } });

    const error = await failureOf(bot.openFile(fileId, signal));

    expect(error).toBeInstanceOf(TelegramTransient);
    expect(error.message).not.toMatch(/passwd|evil|telegram\//);
    expect(await callsOf('download')).toBe(0);
  });

  test.each(['photos/file_12.jpg', 'file_1', 'a/b-c/d_e.f.jpg'])(
    'like %s is used',
    async (path) => {
      const { fileId } = await listed(1);
      await fault({ call: 'getFile', effect: 'merge', result: { file_path: path } });

      expect((await bot.openFile(fileId, signal)).path).toBe(path);
    },
  );
});

describe('a download', () => {
  test('whose link is over says so, and nothing else is asked', async () => {
    const file = await opened(1);
    nowMs += LINK_MS;

    const error = await failureOf(bot.download(file, signal));

    expect(error).toBeInstanceOf(TelegramLinkExpired);
    expect([await callsOf('getFile'), await callsOf('download')]).toEqual([1, 1]);
  });

  test.each([
    ['short', { effect: 'short' }, {}],
    ['short, of a length that nobody said', { effect: 'short' }, { file_size: null }],
    ['empty', { effect: 'empty' }, {}],
    ['empty, of a length that nobody said', { effect: 'empty' }, { file_size: null }],
    ['cut', { effect: 'cut' }, {}],
    ['longer than Telegram said', { effect: 'merge', result: {} }, { file_size: 10 }],
    ['a page of HTML under 502', { effect: 'html', status: 502 }, {}],
    ['an error of the server', { effect: 'error', status: 500 }, {}],
  ] as const)('that is %s is transient', async (_, effect, result) => {
    const { fileId } = await listed(1);
    await fault({ call: 'getFile', effect: 'merge', result });
    const file = await bot.openFile(fileId, signal);
    await fault({ call: 'download', ...effect });

    const error = await failureOf(bot.download(file, signal));

    expect(error).toBeInstanceOf(TelegramTransient);
  });

  // The thumbnail's end is not the picture's.
  test.each([
    ['after the thumbnail in its header', 0],
    ['in its picture', 5_000],
  ])('of an unknown length that is cut %s is transient', async (_, more) => {
    const { jpeg, headBytes } = await jpegWithThumbnail();
    expect(await downloadedWithoutLength(jpeg)).toHaveLength(jpeg.length);

    const error = await failureOf(downloadedWithoutLength(jpeg.subarray(0, headBytes + more)));

    expect(error).toBeInstanceOf(TelegramTransient);
  });

  test('of the right length is whole, though its picture may never be shown', async () => {
    const { jpeg, headBytes } = await jpegWithThumbnail();
    await setPhoto(botApi.apiRoot, 1, jpeg.subarray(0, headBytes));

    expect(await bot.download(await opened(1), signal)).toHaveLength(headBytes);
  });

  async function downloadedWithoutLength(photo: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    await setPhoto(botApi.apiRoot, 1, photo);
    await fault({ call: 'getFile', effect: 'merge', result: { file_size: null } });
    return bot.download(await opened(1), signal);
  }

  test('of an unknown length is complete where the JPEG is', async () => {
    const { fileId } = await listed(1);
    await fault({ call: 'getFile', effect: 'merge', result: { file_size: null } });
    const file = await bot.openFile(fileId, signal);

    expect(file).not.toHaveProperty('sizeBytes');
    expect(await bot.download(file, signal)).toHaveLength(
      (await currentPhoto(botApi.apiRoot, 1)).length,
    );
  });

  test('without an end is rejected at the cap', async () => {
    const file = await opened(1);
    await fault({ call: 'download', effect: 'endless' });

    const error = await failureOf(bot.download(file, signal));

    expect(error).toBeInstanceOf(PhotoRejected);
    await untilInFlight(0);
  });

  test('over the cap is rejected, though Telegram owns up to its length', async () => {
    await setPhoto(botApi.apiRoot, 1, Buffer.alloc(4 * 1024 * 1024 + 1, 'x'));
    const file = await opened(1);

    const error = await failureOf(bot.download(file, signal));

    expect(error).toBeInstanceOf(PhotoRejected);
  });

  test('of the cap exactly is read', async () => {
    await setPhoto(botApi.apiRoot, 1, Buffer.alloc(4 * 1024 * 1024, 'x'));

    expect(await bot.download(await opened(1), signal)).toHaveLength(4 * 1024 * 1024);
  });

  test('that redirects is refused, and its target not asked', async () => {
    const elsewhere = await testServer((_, response) => response.end());
    const file = await opened(1);
    const location = `${elsewhere.url}/photo.jpg`;
    await fault({ call: 'download', effect: 'redirect', location });

    const error = await failureOf(bot.download(file, signal));

    expect(error).toBeInstanceOf(TelegramTransient);
    expect(elsewhere.requests).toEqual([]);
    expect(await callsOf('download')).toBe(1);
  });

  test('under 429 is a pause for as long as the header says', async () => {
    const file = await opened(1);
    await fault({ call: 'download', effect: 'error', status: 429, retryAfter: 35 });

    const error = await failureOf(bot.download(file, signal));

    expect(error).toMatchObject({ name: 'TelegramThrottled', retryAfterSeconds: 35 });
  });

  test('under 401 says that the token is refused, and forgets it', async () => {
    const file = await opened(1);
    await fault({ call: 'download', effect: 'error', status: 401 });

    const error = await failureOf(bot.download(file, signal));

    expect(error).toBeInstanceOf(TelegramUnauthorized);
    expect(token.forgotten).toBe(1);
  });
});

describe('the token', () => {
  test('that was rotated is refused once, and the next call has the new one', async () => {
    token = secretOf(TOKEN, ROTATED);
    bot = telegram(botApi.apiRoot, token);
    await rotateToken(botApi.apiRoot, ROTATED);

    const error = await failureOf(bot.currentPhoto('1', signal));

    expect(error).toBeInstanceOf(TelegramUnauthorized);
    expect(await bot.currentPhoto('1', signal)).toBeDefined();
    expect(token.forgotten).toBe(1);
  });

  test('is kept through every other failure', async () => {
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 500 });
    await failureOf(bot.currentPhoto('1', signal));
    await fault({ call: 'getUserProfilePhotos', effect: 'error', status: 429 });
    await failureOf(bot.currentPhoto('1', signal));

    expect(token.forgotten).toBe(0);
  });

  test.each([
    'canary',
    '123456:canary/../..',
    '123456:canary canary',
    '{"token":"123456:canary"}',
    '123456:canary\r\nx: y',
    ':canary',
  ])('%j does not get into a URL, and is forgotten', async (value) => {
    const server = await testServer((_, response) => response.end());
    const wrong = secretOf(value);

    const error = await failureOf(telegram(server.url, wrong).currentPhoto('1', signal));

    expect(error).toBeInstanceOf(TelegramUnauthorized);
    expect(server.requests).toEqual([]);
    expect(wrong.forgotten).toBe(1);
  });
});

test('connections are used again, by methods and downloads alike', async () => {
  const photo = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
  const answers = [
    '{"ok":true,"result":{"total_count":1,"photos":[[{"file_id":"f","file_unique_id":"u","width":640}]]}}',
    '{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_path":"photos/a.jpg"}}',
    photo,
  ];
  const server = await testServer((_, response) =>
    response.end(answers[(server.requests.length - 1) % answers.length]),
  );
  const over = telegram(server.url, token);

  for (let round = 0; round < 3; round++) {
    const { fileId = '' } = (await over.currentPhoto('1', signal)) ?? {};
    await over.download(await over.openFile(fileId, signal), signal);
  }

  expect(server.requests).toHaveLength(9);
  expect(server.connections()).toBe(1);
});

test('ids from outside are escaped where they get into a URL', async () => {
  const server = await testServer((_, response) => response.end());

  await failureOf(telegram(server.url, token).openFile('a&b=c#d/../é\r\n', signal));

  expect(server.requests[0]?.replace(/^.*getFile/, '')).toBe(
    '?file_id=a%26b%3Dc%23d%2F..%2F%C3%A9%0D%0A',
  );
});

function retryAfterBody(seconds: number): string {
  return JSON.stringify({ ok: false, parameters: { retry_after: seconds } });
}

/** Comes back when so many calls are in flight at the stand-in. */
async function untilInFlight(expected = 1): Promise<void> {
  while ((await readCounters(botApi.apiRoot)).inFlight !== expected);
}

describe('the bot of a token', () => {
  test('is named as getMe names it', async () => {
    expect(await bot.bot(signal)).toEqual({ id: 123456, username: 'stand_in_bot' });
  });

  test.each([
    ['a refusal', { effect: 'error', status: 401 }, TelegramUnauthorized],
    ['a pause', { effect: 'error', status: 429, retryAfter: 35 }, TelegramThrottled],
    ['a gateway', { effect: 'html', status: 502 }, TelegramTransient],
    [
      'a name that would move the cursor',
      { effect: 'merge', result: { username: '\u001B[2J' } },
      TelegramTransient,
    ],
  ] as const)('is not told after %s, and neither is the token', async (_, effect, Expected) => {
    await fault({ call: 'getMe', ...effect });

    expect(await failureOf(bot.bot(signal))).toBeInstanceOf(Expected);
  });

  test('is not told by nobody, and neither is the token', async () => {
    const nobody = telegram('http://127.0.0.1:1', token);

    expect(await failureOf(nobody.bot(signal))).toBeInstanceOf(TelegramTransient);
  });
});
