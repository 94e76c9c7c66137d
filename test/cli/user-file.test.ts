import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openUserFile } from '../../cli/user-file.ts';
import type { UserLine } from '../../cli/user-line.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cameo-list-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

/** The lines of a list of this text. */
async function read(text: string | Buffer, name = 'users.csv'): Promise<UserLine[]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const lines: UserLine[] = [];
  for await (const line of (await openUserFile(path)).lines()) lines.push(line);
  return lines;
}

async function users(text: string, name?: string): Promise<object[]> {
  return (await read(text, name)).map((line) => (line.kind === 'user' ? line.user : line));
}

describe('a CSV', () => {
  test('has its columns by name, in any order and spelling, with others beside them', async () => {
    expect(await users('joined,First_Name,user_id,username\n2024,Ada,42,ada\n')).toEqual([
      { userId: '42', firstName: 'Ada', username: 'ada' },
    ]);
  });

  test('without a header has the id in its first column', async () => {
    expect(await users('42,whatever\n43\n')).toEqual([{ userId: '42' }, { userId: '43' }]);
  });

  test('has line numbers that count blank lines and lines within quotes', async () => {
    const lines = await read(
      '\uFEFFuserId;firstName\r\n42;Ada\r\n\r\n43;"Grace\nH"\r\n;\r\n44;\r\n',
    );
    expect(lines).toEqual([
      { kind: 'user', line: 2, user: { userId: '42', firstName: 'Ada' } },
      { kind: 'user', line: 5, user: { userId: '43', firstName: 'Grace\nH' } },
      { kind: 'user', line: 7, user: { userId: '44' } },
    ]);
  });

  test('may end its lines now so, now so', async () => {
    const texts = ['id\r\n42\n43\r\n44\n', 'id\n42\r\n43\n44\r\n'];
    const expected = [{ userId: '42' }, { userId: '43' }, { userId: '44' }];
    for (const text of texts) expect(await users(text)).toEqual(expected);
  });

  test('whose rows have ids of their own does not take them for the users', async () => {
    const [line] = await read('id,user_id,firstName\n7,,Ada\n');
    expect(line).toMatchObject({ kind: 'bad', given: { firstName: 'Ada' } });
  });

  test('with an id that is none has a bad line, and goes on', async () => {
    expect(await read('id\nada\n42\n')).toMatchObject([
      { kind: 'bad', line: 2, given: { userId: 'ada' }, reason: expect.stringContaining('"ada"') },
      { kind: 'user', line: 3 },
    ]);
  });

  test('comes back as it was written, whatever the names are', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => {
      return text.isWellFormed() && text.trim() === text && !/\r/.test(text);
    });
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 20 }), async (names) => {
        const rows = names.map((text, index) => `${index + 1},"${text.replaceAll('"', '""')}"`);
        expect(await users(`id,firstName\n${rows.join('\n')}`)).toEqual(
          names.map((firstName, index) => ({ userId: String(index + 1), firstName })),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('an NDJSON', () => {
  test('is known by its beginning, and takes Telegram’s own users', async () => {
    const text =
      '\uFEFF{"id":42,"is_bot":false,"first_name":"Ada","last_name":null}\r\n\n{"userId":"43"}';
    expect(await users(text, 'users.txt')).toEqual([
      { userId: '42', firstName: 'Ada' },
      { userId: '43' },
    ]);
  });

  test('is known by its name, and goes on after a broken line', async () => {
    expect(
      await read('{bad\n\n{"id":1.5}\n{"id":1,"firstName":2}\n{"id":42}', 'users.ndjson'),
    ).toMatchObject([
      { kind: 'bad', line: 1, given: { text: '{bad' } },
      { kind: 'bad', line: 3, given: { userId: 1.5 } },
      { kind: 'bad', line: 4, given: { userId: 1, firstName: 2 } },
      { kind: 'user', line: 5 },
    ]);
  });

  test('has names with a line separator in them', async () => {
    expect(await users('{"id":42,"firstName":"A\u2028B"}')).toEqual([
      { userId: '42', firstName: 'A\u2028B' },
    ]);
  });
});

describe('a file that is no list says what to do:', () => {
  test.each([
    ['a header without an id', 'name\nAda\n', /"name" and names no column userId/],
    ['a quote that stays open', 'id,firstName\n1,"Ada\n2,B\n', /Quote Not Closed/],
    ['a record without an end', `id\n"${'x'.repeat(100_000)}`, /65536/],
    ['an object without an end', `{${'x'.repeat(100_000)}`, /65536/],
    ['another encoding', Buffer.from('id,name\n1,Jos\xE9\n', 'latin1'), /not UTF-8/],
    ['a JSON array', '[{"id":1}]', /JSON array/],
  ])('%s', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      name: 'Mistake',
      message: expect.stringMatching(message),
    });
  });

  test.each(['', 'none.csv'])('no file at all (%j)', async (name) => {
    await expect(openUserFile(join(folder, name))).rejects.toMatchObject({ name: 'Mistake' });
  });
});

test('a list of any size is read in pieces', async () => {
  const path = join(folder, 'large.csv');
  writeFileSync(path, `id\n${'5000000001\n'.repeat(400_000)}`);
  const lines = (await openUserFile(path)).lines();

  const before = process.memoryUsage().arrayBuffers;
  await lines.next();

  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  await lines.return(undefined);
});
