import { describe, expect, test } from 'vitest';
import { setPhoto } from '../../../local/bot-api/control.ts';
import { failing, standIn, TOKEN } from './stand-in.ts';

describe('transport', () => {
  test('takes a method name in any case', async () => {
    const { call } = await standIn();

    const response = await call('GETME');

    expect(await response.json()).toMatchObject({ ok: true, result: { id: 123456, is_bot: true } });
  });

  const form = new FormData();
  form.set('user_id', '7');
  test.each([
    ['urlencoded', new URLSearchParams({ user_id: '7' })],
    ['multipart', form],
    ['JSON', new Blob(['{"user_id":7}'], { type: 'application/json' })],
  ])('takes parameters as %s', async (_, body) => {
    const { apiRoot } = await standIn();

    const response = await fetch(`${apiRoot}/bot${TOKEN}/getUserProfilePhotos`, {
      method: 'POST',
      body,
    });

    expect(await response.json()).toMatchObject({ ok: true, result: { total_count: 1 } });
  });

  test('refuses a body that does not parse with a 400', async () => {
    const { apiRoot } = await standIn();

    const response = await fetch(`${apiRoot}/bot${TOKEN}/getUserProfilePhotos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"user_id":',
    });

    expect(response.status).toBe(400);
  });

  test.each([
    ['a wrong token', '123456:wrong', 401, 'Unauthorized'],
    ['a malformed token', 'nonsense', 404, 'Not Found'],
  ])('refuses %s on methods and files', async (_, token, code, description) => {
    const { apiRoot } = await standIn();

    const responses = [
      await fetch(`${apiRoot}/bot${token}/getMe`),
      await fetch(`${apiRoot}/file/bot${token}/photos/file_1.jpg`),
    ];

    for (const response of responses) {
      expect(response.status).toBe(code);
      expect(await response.json()).toEqual(failing(code, description));
    }
  });

  test('takes a token whose colon is escaped', async () => {
    const { apiRoot } = await standIn();

    const response = await fetch(`${apiRoot}/bot${encodeURIComponent(TOKEN)}/getMe`);

    expect(response.status).toBe(200);
  });

  test('answers 404 to an unknown method and 405 to an unknown verb', async () => {
    const { apiRoot, call } = await standIn();

    const unknown = await call('getMoney');
    const verb = await fetch(`${apiRoot}/bot${TOKEN}/getMe`, { method: 'PUT' });

    expect(await unknown.json()).toEqual(failing(404, 'Not Found'));
    expect(verb.status).toBe(405);
  });

  test('does not start with a token that no bot has', async () => {
    await expect(standIn({ token: 'nonsense' })).rejects.toThrow(TypeError);
  });
});

describe('refusals', () => {
  test.each([
    ['getUserProfilePhotos', {}, 'invalid user_id specified'],
    ['getUserProfilePhotos', { user_id: 'me' }, 'invalid user_id specified'],
    ['getUserProfilePhotos', { user_id: -7 }, 'invalid user_id specified'],
    ['getUserProfilePhotos', { user_id: 50_404 }, 'user not found'],
    ['getChat', {}, 'chat_id is empty'],
    ['getChat', { chat_id: 50_404 }, 'chat not found'],
    ['getFile', {}, 'file_id not specified'],
    ['getFile', { file_id: 'AgACAgIAAxUA' }, 'invalid file_id'],
  ])('%s %j: %s', async (method, parameters, description) => {
    const { call } = await standIn();

    const response = await call(method, parameters as Record<string, string>);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(failing(400, `Bad Request: ${description}`));
  });

  test('a file of over 20 MiB is too big for getFile', async () => {
    const { apiRoot, call, sizes } = await standIn();
    await setPhoto(apiRoot, 7, new Uint8Array(20 * 1024 * 1024 + 1));
    const [size] = await sizes(7);

    const response = await call('getFile', { file_id: size?.file_id ?? '' });

    expect(await response.json()).toEqual(failing(400, 'Bad Request: file is too big'));
  });
});
