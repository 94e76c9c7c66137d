import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { addFault, clearFaults } from '../../../local/bot-api/control.ts';
import { failing, type PhotoSize, standIn, TOKEN } from './stand-in.ts';

describe('which calls fail', () => {
  test('one call of one method, unless told', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect: 'error', status: 500 });

    const other = await call('getUserProfilePhotos', { user_id: 7 });
    const failed = await call('getMe');
    const after = await call('getMe');

    expect([other.status, failed.status, after.status]).toEqual([200, 500, 200]);
  });

  test('only the calls about one user, down to the download', async () => {
    const { apiRoot, call, fileUrl } = await standIn();
    for (const name of ['getUserProfilePhotos', 'getFile', 'getChat', 'download'] as const) {
      await addFault(apiRoot, { call: name, userId: 7, times: null, effect: 'error', status: 500 });
    }
    const other = await fetch(await fileUrl(8));

    const list = await call('getUserProfilePhotos', { user_id: 7 });
    const chat = await call('getChat', { chat_id: 7 });

    expect(other.status).toBe(200);
    expect([list.status, chat.status]).toEqual([500, 500]);
  });

  test("getFile and download are about the user of the file's id and path", async () => {
    const { apiRoot, call, sizes, fileUrl } = await standIn();
    const [size] = await sizes(7);
    const url = await fileUrl(7);
    await addFault(apiRoot, { call: 'getFile', userId: 7, effect: 'error', status: 500 });
    await addFault(apiRoot, { call: 'download', userId: 7, effect: 'error', status: 500 });

    const file = await call('getFile', { file_id: size?.file_id ?? '' });
    const download = await fetch(url);

    expect([file.status, download.status]).toEqual([500, 500]);
  });

  test('the next N, then every Nth until the faults are cleared', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', times: 2, effect: 'error', status: 500 });
    await addFault(apiRoot, { call: 'getMe', times: null, every: 3, effect: 'error', status: 429 });

    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) statuses.push((await call('getMe')).status);
    await clearFaults(apiRoot);
    for (let i = 0; i < 3; i += 1) statuses.push((await call('getMe')).status);

    expect(statuses).toEqual([500, 500, 200, 200, 429, 200, 200, 429, 200, 200, 200]);
  });

  test('no call with a wrong token uses a fault up', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect: 'error', status: 500 });

    const wrong = await fetch(`${apiRoot}/bot123456:wrong/getMe`);
    const right = await call('getMe');

    expect([wrong.status, right.status]).toEqual([401, 500]);
  });

  test('the list tells what is left', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', times: 2, effect: 'empty' });
    await addFault(apiRoot, { call: 'getFile', times: null, effect: 'hang' });
    await call('getMe');

    const list = await (await fetch(`${apiRoot}/control/faults`)).json();

    expect(list).toEqual([
      { call: 'getMe', times: 1, effect: 'empty' },
      { call: 'getFile', times: null, effect: 'hang' },
    ]);
  });
});

describe('how they fail', () => {
  test.each([35, 999_999_999, -1, 'soon'])('429 with retry_after %j', async (retryAfter) => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect: 'error', status: 429, retryAfter });

    const response = await call('getMe');

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe(String(retryAfter));
    expect(await response.json()).toEqual({
      ...failing(429, `Too Many Requests: retry after ${retryAfter}`),
      parameters: { retry_after: retryAfter },
    });
  });

  test('429 without retry_after', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect: 'error', status: 429 });

    const response = await call('getMe');

    expect(response.headers.has('retry-after')).toBe(false);
    expect(await response.json()).toEqual(failing(429, 'Too Many Requests'));
  });

  test('400 with any description', async () => {
    const { apiRoot, call } = await standIn();
    const description = 'Bad Request: wrong file_id or the file is temporarily unavailable';
    await addFault(apiRoot, { call: 'getMe', effect: 'error', status: 400, description });

    const response = await call('getMe');

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(failing(400, description));
  });

  test('502 with a page of HTML', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect: 'html', status: 502 });

    const response = await call('getMe');

    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toContain('502 Bad Gateway');
  });

  test('truncated JSON, and no body at all', async () => {
    const { apiRoot, call } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect: 'short' });
    await addFault(apiRoot, { call: 'getMe', effect: 'empty' });

    const short = await (await call('getMe')).text();
    const empty = await (await call('getMe')).text();

    expect(short).toMatch(/^\{"ok":true/);
    expect(() => JSON.parse(short)).toThrow(SyntaxError);
    expect(empty).toBe('');
  });

  test.each([
    ['missing', null],
    ['absolute', '/var/lib/telegram-bot-api/secret/photos/file_1.jpg'],
    ['climbing', '../../etc/passwd'],
    ['a URL', 'https://example.org/file.jpg'],
  ])('a file_path that is %s', async (_, filePath) => {
    const { apiRoot, result, sizes } = await standIn();
    const [size] = await sizes(7);
    await addFault(apiRoot, { call: 'getFile', effect: 'merge', result: { file_path: filePath } });

    const file = await result<Record<string, unknown>>('getFile', { file_id: size?.file_id ?? '' });

    expect(file.file_size).toBe(size?.file_size);
    expect(file.file_path).toBe(filePath ?? undefined);
  });

  test('a list with some of the sizes', async () => {
    const { apiRoot, result } = await standIn();
    await addFault(apiRoot, { call: 'getUserProfilePhotos', effect: 'sizes', widths: [160] });

    const list = await result<{ total_count: number; photos: PhotoSize[][] }>(
      'getUserProfilePhotos',
      { user_id: 7 },
    );

    expect(list.total_count).toBe(1);
    expect(list.photos[0]?.map(({ width }) => width)).toEqual([160]);
  });
});

describe('how downloads fail', () => {
  test('shorter than file_size, with the right Content-Length', async () => {
    const { apiRoot, fileUrl, sizes } = await standIn();
    const big = (await sizes(7)).find(({ width }) => width === 640);
    const url = await fileUrl(7);
    await addFault(apiRoot, { call: 'download', effect: 'short' });

    const response = await fetch(url);
    const bytes = await response.arrayBuffer();

    expect(bytes.byteLength).toBeLessThan(big?.file_size ?? 0);
    expect(response.headers.get('content-length')).toBe(String(bytes.byteLength));
  });

  test('closed short of the Content-Length', async () => {
    const { apiRoot, fileUrl } = await standIn();
    const url = await fileUrl(7);
    await addFault(apiRoot, { call: 'download', effect: 'cut' });

    const response = await fetch(url);

    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
  });

  test('without an end, until the client goes away', async () => {
    const { apiRoot, fileUrl } = await standIn();
    const url = await fileUrl(7);
    await addFault(apiRoot, { call: 'download', effect: 'endless' });

    const response = await fetch(url);
    let read = 0;
    for await (const chunk of response.body ?? []) {
      read += chunk.length;
      if (read > 4 * 1024 * 1024) break;
    }

    expect(response.headers.has('content-length')).toBe(false);
    expect(read).toBeGreaterThan(4 * 1024 * 1024);
  });

  test('redirected elsewhere, or gone once', async () => {
    const { apiRoot, fileUrl } = await standIn();
    const url = await fileUrl(7);
    const location = 'http://127.0.0.1:9/elsewhere.jpg';
    await addFault(apiRoot, { call: 'download', effect: 'redirect', location });
    await addFault(apiRoot, { call: 'download', effect: 'error', status: 404 });

    const redirected = await fetch(url, { redirect: 'manual' });
    const gone = await fetch(url);
    const back = await fetch(url);

    expect([redirected.status, redirected.headers.get('location')]).toEqual([302, location]);
    expect([gone.status, back.status]).toEqual([404, 200]);
  });
});

describe('what never ends', () => {
  test('a stall sends half of the body and stays open', async () => {
    const { apiRoot, fileUrl } = await standIn();
    const url = await fileUrl(7);
    await addFault(apiRoot, { call: 'download', effect: 'stall' });

    const response = await fetch(url);
    const length = Number(response.headers.get('content-length'));
    let read = 0;
    for await (const chunk of response.body ?? []) {
      read += chunk.length;
      if (read >= Math.floor(length / 2)) break;
    }

    expect(read).toBe(Math.floor(length / 2));
  });

  test('a hang sends nothing at all', async () => {
    const { apiRoot, call, close } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect: 'hang' });
    const unanswered = expect(call('getMe')).rejects.toThrow('fetch failed');
    await arrived(apiRoot);

    await close();

    await unanswered;
  });

  test.each(['hang', 'stall', 'endless'] as const)('close() ends a %s', async (effect) => {
    const { apiRoot, port, close } = await standIn();
    await addFault(apiRoot, { call: 'getMe', effect });
    const socket = connect(port, '127.0.0.1').resume();
    const ended = new Promise((resolve) => socket.once('close', resolve).once('error', resolve));
    socket.write(`GET /bot${TOKEN}/getMe HTTP/1.1\r\nhost: x\r\n\r\n`);
    await arrived(apiRoot);

    await close();

    await ended;
  });
});

/** Resolves when the stand-in has a call in flight. */
async function arrived(apiRoot: string): Promise<void> {
  const response = await fetch(`${apiRoot}/control/counters`);
  const { inFlight } = (await response.json()) as { inFlight: number };
  if (inFlight === 0) await arrived(apiRoot);
}
