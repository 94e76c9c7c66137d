import { expect, test } from 'vitest';
import { countDownloads } from '../../soak/doubled.ts';
import type { Entry } from '../../soak/ledger.ts';

const NOBODY: ReadonlySet<string> = new Set();

function partner(occasions: number, ...photoIds: string[]) {
  const entry: Entry = { userId: 7, avatarId: 'a', erased: false, occasions, erasureIds: [] };
  return { entry, photoIds };
}

test("each of a partner's photos may be downloaded once", () => {
  const once = countDownloads({ A: 1, B: 1 }, [partner(1, 'A', 'B', 'C')], NOBODY);
  const twice = countDownloads({ A: 1, B: 2 }, [partner(1, 'A', 'B', 'C')], NOBODY);

  expect(once).toEqual({ photos: 2, again: 0, takeovers: 0, doubled: 0, findings: [] });
  expect(twice).toMatchObject({ photos: 2, doubled: 1, findings: [expect.stringContaining('7')] });
});

test('a photo that is shown again may be downloaded again, once', () => {
  expect(countDownloads({ A: 2 }, [partner(2, 'A')], NOBODY)).toMatchObject({
    again: 1,
    doubled: 0,
  });
  expect(countDownloads({ A: 3 }, [partner(2, 'A')], NOBODY)).toMatchObject({
    again: 1,
    doubled: 1,
  });
});

test('whose lease died with its holder may be taken over once, for one photo', () => {
  const atKill = new Set(['a']);

  const taken = countDownloads({ A: 2, B: 1 }, [partner(1, 'A', 'B')], atKill);
  const twice = countDownloads({ A: 2, B: 2 }, [partner(1, 'A', 'B')], atKill);

  expect(taken).toMatchObject({ photos: 2, takeovers: 1, doubled: 0 });
  expect(twice).toMatchObject({ photos: 2, takeovers: 1, doubled: 1 });
});
