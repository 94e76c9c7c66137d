import { describe, expect, test } from 'vitest';
import {
  changePhoto,
  deletePhoto,
  hidePhotos,
  rotateToken,
  setPhoto,
} from '../../../local/bot-api/control.ts';
import { PHOTOGRAPHS } from '../../../local/bot-api/photographs.ts';
import { failing, type PhotoSize, standIn } from './stand-in.ts';

interface PhotoList {
  total_count: number;
  photos: PhotoSize[][];
}

interface Chat {
  photo?: Record<string, string>;
}

describe('getUserProfilePhotos', () => {
  test('lists three square sizes with the bytes that they have', async () => {
    const { sizes, fileUrl } = await standIn();

    const listed = await sizes(7);

    expect(listed.map(({ width, height }) => [width, height])).toEqual([
      [160, 160],
      [320, 320],
      [640, 640],
    ]);
    for (const { width, file_size } of listed) {
      const bytes = await (await fetch(await fileUrl(7, width))).arrayBuffer();
      expect(bytes.byteLength).toBe(file_size);
    }
  });

  test('sorts the sizes by bytes, not by width', async () => {
    const { apiRoot, sizes } = await standIn();
    await setPhoto(apiRoot, 7, 'retina');

    const listed = await sizes(7);

    expect(listed.map(({ width }) => width)).toEqual([160, 640, 320]);
  });

  test('gives users different photographs, the same ones to the same users', async () => {
    const [first, second] = [await standIn(), await standIn()];
    const ids = PHOTOGRAPHS.map((_, index) => index + 1);

    const photos = await Promise.all(ids.map((id) => photoSizesOf(first, id)));
    const again = await Promise.all(ids.map((id) => photoSizesOf(second, id)));

    expect(new Set(photos).size).toBe(PHOTOGRAPHS.length);
    expect(again).toEqual(photos);
  });

  test('gives no photo to users whose id ends in 0', async () => {
    const { result } = await standIn();

    const list = await result<PhotoList>('getUserProfilePhotos', { user_id: 70 });
    const chat = await result<Chat>('getChat', { chat_id: 70 });

    expect(list).toEqual({ total_count: 0, photos: [] });
    expect(chat).not.toHaveProperty('photo');
  });

  test('pages from the newest photo on, and counts all of them past the end', async () => {
    const { apiRoot, result } = await standIn();
    await changePhoto(apiRoot, 7);
    const all = await result<PhotoList>('getUserProfilePhotos', { user_id: 7 });

    const newest = await result<PhotoList>('getUserProfilePhotos', { user_id: 7, limit: 1 });
    const older = await result<PhotoList>('getUserProfilePhotos', { user_id: 7, offset: 1 });
    const past = await result<PhotoList>('getUserProfilePhotos', { user_id: 7, offset: 2 });

    expect(all).toMatchObject({ total_count: 2 });
    expect(uniqueIds([...newest.photos, ...older.photos])).toEqual(uniqueIds(all.photos));
    expect(past).toEqual({ total_count: 2, photos: [] });
  });

  test.each([
    { offset: -5, limit: 0 },
    { offset: 'x', limit: 1_000 },
  ])('moves %j into range', async (range) => {
    const { result } = await standIn();

    const list = await result<PhotoList>('getUserProfilePhotos', { user_id: 7, ...range });

    expect(list.photos).toHaveLength(1);
  });
});

describe('identifiers', () => {
  test('file_id differs from call to call, file_unique_id stays', async () => {
    const { sizes } = await standIn();

    const first = await sizes(7);
    const second = await sizes(7);

    const fileIds = [...first, ...second].map(({ file_id }) => file_id);
    expect(new Set(fileIds).size).toBe(6);
    expect(uniqueIds([second])).toEqual(uniqueIds([first]));
  });

  test('file_unique_id is url-safe and its own for each user, photo and size', async () => {
    const { apiRoot, sizes } = await standIn();

    const before = [await sizes(7), await sizes(15)];
    await changePhoto(apiRoot, 7);
    const ids = uniqueIds([...before, await sizes(7)]);

    expect(new Set(ids).size).toBe(9);
    for (const id of ids) expect(id).toMatch(/^[\w-]{16,18}$/);
  });

  test('getChat names the small and the big size of the same photo', async () => {
    const { result, sizes } = await standIn();
    const listed = await sizes(7);

    const { photo = {} } = await result<Chat>('getChat', { chat_id: 7 });
    const file = await result<PhotoSize>('getFile', { file_id: photo.small_file_id ?? '' });

    const unique = (width: number) => listed.find((size) => size.width === width)?.file_unique_id;
    expect(photo.small_file_unique_id).toBe(unique(160));
    expect(photo.big_file_unique_id).toBe(unique(640));
    expect(file.file_unique_id).toBe(unique(160));
  });

  test("another bot has the same file_unique_id and cannot open this bot's file_id", async () => {
    const { sizes, apiRoot } = await standIn();
    const ours = await sizes(7);
    const theirs = '654321:other';
    await rotateToken(apiRoot, theirs);
    const ask = (query: string) => fetch(`${apiRoot}/bot${theirs}/${query}`);

    const list = (await (await ask('getUserProfilePhotos?user_id=7')).json()) as {
      result: PhotoList;
    };
    const file = await ask(`getFile?file_id=${ours[0]?.file_id}`);

    expect(uniqueIds(list.result.photos)).toEqual(uniqueIds([ours]));
    expect(await file.json()).toEqual(failing(400, 'Bad Request: invalid file_id'));
  });

  test.each([
    ['deleted', deletePhoto],
    ['hidden', hidePhotos],
  ])('the file_id of a %s photo is temporarily unavailable', async (_, makeGone) => {
    const { apiRoot, call, sizes } = await standIn();
    const [size] = await sizes(7);
    await makeGone(apiRoot, 7);

    const response = await call('getFile', { file_id: size?.file_id ?? '' });

    expect(await response.json()).toEqual(
      failing(400, 'Bad Request: wrong file_id or the file is temporarily unavailable'),
    );
  });

  test('the file_id of a photo that has a newer one stays good', async () => {
    const { apiRoot, result, sizes } = await standIn();
    const [size] = await sizes(7);
    await changePhoto(apiRoot, 7);

    const file = await result<PhotoSize>('getFile', { file_id: size?.file_id ?? '' });

    expect(file.file_unique_id).toBe(size?.file_unique_id);
  });
});

function uniqueIds(photos: PhotoSize[][]): string[] {
  return photos.flat().map(({ file_unique_id }) => file_unique_id);
}

async function photoSizesOf(bot: Awaited<ReturnType<typeof standIn>>, userId: number) {
  const id = userId % 10 === 0 ? userId + 8 : userId;
  return (await bot.sizes(id)).map(({ file_size }) => file_size).join();
}
