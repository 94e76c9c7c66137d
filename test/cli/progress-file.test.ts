import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openProgress } from '../../cli/progress-file.ts';

const URL_OF_CAMEO = 'http://127.0.0.1:8787';
let path: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-progress-'));
  path = join(folder, 'users.csv.progress');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

async function afterArrivals(...userIds: string[]) {
  const progress = await openProgress(path, URL_OF_CAMEO);
  for (const userId of userIds) progress.add(userId);
  return progress;
}

test('who has arrived is known to the next run, whatever happens in between', async () => {
  await afterArrivals('42', '43');

  const progress = await openProgress(path, URL_OF_CAMEO);

  expect([...progress.arrived]).toEqual(['42', '43']);
});

test('there is no file before somebody arrives, and none after the end', async () => {
  const progress = await openProgress(path, URL_OF_CAMEO);
  expect(existsSync(path)).toBe(false);

  progress.add('42');
  progress.remove();

  expect(existsSync(path)).toBe(false);
});

test('a line that was cut off is sent again, and not glued to the next', async () => {
  await afterArrivals('42');
  appendFileSync(path, '1234');

  (await openProgress(path, URL_OF_CAMEO)).add('56');

  expect([...(await openProgress(path, URL_OF_CAMEO)).arrived]).toEqual(['42', '56']);
});

test('a cut first line is no progress at all', async () => {
  writeFileSync(path, '{"cameo":"wa');
  expect([...(await openProgress(path, URL_OF_CAMEO)).arrived]).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('a header with more in it than the address is read, and is not written again', async () => {
  const header = `{"cameo":"warm","url":"${URL_OF_CAMEO}","sha256":"${'a'.repeat(64)}"}`;
  writeFileSync(path, `${header}\n42\n`);

  (await openProgress(path, URL_OF_CAMEO)).add('43');

  expect(readFileSync(path, 'utf8')).toBe(`${header}\n42\n43\n`);
  expect([...(await openProgress(path, URL_OF_CAMEO)).arrived]).toEqual(['42', '43']);
});

test('arrivals at one Cameo are none at another', async () => {
  await afterArrivals('42');
  await expect(openProgress(path, 'https://a.example')).rejects.toMatchObject({
    name: 'Mistake',
    message: expect.stringContaining(`--url ${URL_OF_CAMEO}`),
  });
});

test.each(['my notes\n', '{"cameo":"warm"}\n'])(
  'a file of another kind is left alone: %j',
  async (text) => {
    writeFileSync(path, text);
    await expect(openProgress(path, URL_OF_CAMEO)).rejects.toMatchObject({ name: 'Mistake' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('a file that cannot be written ends the import with a line', async () => {
  const progress = await openProgress(join(path, 'none', 'users.csv.progress'), URL_OF_CAMEO);
  expect(() => progress.add('42')).toThrow(/cannot be written \(ENOENT\)/);
});
