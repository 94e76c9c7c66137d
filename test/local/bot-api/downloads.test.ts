import { expect, test } from 'vitest';
import { changePhoto, currentPhoto, deletePhoto } from '../../../local/bot-api/control.ts';
import { LINK_MS } from '../../../local/bot-api/links.ts';
import { failing, type PhotoSize, standIn } from './stand-in.ts';

test('getFile tells a relative path, the size and the unique id of the file', async () => {
  const { result, sizes } = await standIn();
  const [size] = await sizes(7);

  const file = await result<Record<string, unknown>>('getFile', { file_id: size?.file_id ?? '' });

  expect(file).toEqual({
    file_id: expect.stringMatching(/^AgAC[\w-]+$/),
    file_unique_id: size?.file_unique_id,
    file_size: size?.file_size,
    file_path: expect.stringMatching(/^photos\/file_\d+\.jpg$/),
  });
});

test('a download is an attachment of unknown type, with its length', async () => {
  const { apiRoot, fileUrl } = await standIn();
  const expected = await currentPhoto(apiRoot, 7);

  const response = await fetch(await fileUrl(7));
  const bytes = Buffer.from(await response.arrayBuffer());

  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename=file_\d+\.jpg$/,
  );
  expect(response.headers.get('content-length')).toBe(String(expected.length));
  expect(bytes.equals(expected)).toBe(true);
});

test('a link is good for an hour and 404 afterwards', async () => {
  let now = 1_000;
  const { fileUrl } = await standIn({ now: () => now });
  const url = await fileUrl(7);

  now += LINK_MS - 1;
  const justInTime = await fetch(url);
  now += 1;
  const tooLate = await fetch(url);

  expect(justInTime.status).toBe(200);
  expect(tooLate.status).toBe(404);
  expect(await tooLate.json()).toEqual(failing(404, 'Not Found'));
});

test('a link keeps its bytes when the photo is changed or deleted', async () => {
  const { apiRoot, fileUrl } = await standIn();
  const expected = await currentPhoto(apiRoot, 7);
  const url = await fileUrl(7);
  await deletePhoto(apiRoot, 7);
  await changePhoto(apiRoot, 7);

  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());

  expect(bytes.equals(expected)).toBe(true);
});

test('a link from before a restart does not lead to the photo of someone else', async () => {
  let now = 1_000;
  const before = await standIn({ now: () => now });
  const { pathname } = new URL(await before.fileUrl(7));
  now += 1_000;
  const after = await standIn({ now: () => now });
  await after.fileUrl(8);

  const response = await fetch(after.apiRoot + pathname);

  expect(response.status).toBe(404);
});

test.each(['photos/file_0.jpg', '..%2F..%2Fetc%2Fpasswd', 'photos/'])(
  'there is no file at %s',
  async (path) => {
    const { apiRoot, fileUrl } = await standIn();
    const root = new URL(await fileUrl(7)).pathname.replace(/photos.*/, '');

    const response = await fetch(apiRoot + root + path);

    expect(response.status).toBe(404);
  },
);

test('every getFile has a file_id of its own', async () => {
  const { result, sizes } = await standIn();
  const [size] = await sizes(7);

  const file = await result<PhotoSize>('getFile', { file_id: size?.file_id ?? '' });

  expect(file.file_id).not.toBe(size?.file_id);
});
