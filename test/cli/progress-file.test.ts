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

const OF = { url: 'http://127.0.0.1:8787', sha256: 'a'.repeat(64) };
let path: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'cameo-progress-'));
  path = join(folder, 'users.csv.progress');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

async function afterArrivals(...userIds: string[]) {
  const progress = await openProgress(path, OF);
  for (const userId of userIds) progress.add(userId);
  return progress;
}

test('who has arrived is known to the next run, whatever happens in between', async () => {
  await afterArrivals('42', '43');

  const progress = await openProgress(path, OF);

  expect([...progress.arrived]).toEqual(['42', '43']);
  expect(progress.isListChanged).toBe(false);
});

test('there is no file before somebody arrives, and none after the end', async () => {
  const progress = await openProgress(path, OF);
  expect(existsSync(path)).toBe(false);

  progress.add('42');
  progress.remove();

  expect(existsSync(path)).toBe(false);
});

test('a line that was cut off is sent again, and not glued to the next', async () => {
  await afterArrivals('42');
  appendFileSync(path, '1234');

  (await openProgress(path, OF)).add('56');

  expect([...(await openProgress(path, OF)).arrived]).toEqual(['42', '56']);
});

test('a cut first line is no progress at all', async () => {
  writeFileSync(path, '{"cameo":"wa');
  expect([...(await openProgress(path, OF)).arrived]).toEqual([]);
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('of a list that has changed, arrivals are by id, and the change is told', async () => {
  await afterArrivals('42');
  const changed = { ...OF, sha256: 'b'.repeat(64) };

  const progress = await openProgress(path, changed);
  progress.add('43');

  expect(progress.isListChanged).toBe(true);
  expect([...progress.arrived]).toEqual(['42']);
  const next = await openProgress(path, changed);
  expect(next.isListChanged).toBe(false);
  expect([...next.arrived]).toEqual(['42', '43']);
});

test('arrivals at one Cameo are none at another', async () => {
  await afterArrivals('42');
  await expect(openProgress(path, { ...OF, url: 'https://a.example' })).rejects.toMatchObject({
    name: 'Mistake',
    message: expect.stringContaining(`--url ${OF.url}`),
  });
});

test.each(['my notes\n', '{"cameo":"warm"}\n'])(
  'a file of another kind is left alone: %j',
  async (text) => {
    writeFileSync(path, text);
    await expect(openProgress(path, OF)).rejects.toMatchObject({ name: 'Mistake' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  },
);

test('a file that cannot be written ends the import with a line', async () => {
  const progress = await openProgress(join(path, 'none', 'users.csv.progress'), OF);
  expect(() => progress.add('42')).toThrow(/cannot be written \(ENOENT\)/);
});
