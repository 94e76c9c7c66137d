import pc from 'picocolors';
import { expect, test } from 'vitest';
import { linesOf } from '../../cli/inspect/lines.ts';
import { plainText } from '../../cli/plain-text.ts';
import { reasonsOf } from '../../cli/redrive/reasons.ts';
import { inspection, letter, partner } from './inspect/inspections.ts';

// Clears a screen, and writes a line anew.
const NASTY = 'Ada\u001B[2J\rRoot\u009B1A\u202Etxt\nnext';

test('what a terminal obeys is replaced, and nothing else', () => {
  expect(plainText(NASTY)).toBe('Ada\uFFFD[2J\uFFFDRoot\uFFFD1A\uFFFDtxt\uFFFDnext');
  expect(plainText('Ада 👩‍🚀 Ø’Neil')).toBe('Ада 👩‍🚀 Ø’Neil');
});

test('a name, a reason and a logged error are shown plain', () => {
  const error = { atMs: 0, group: 'g', message: NASTY, error: NASTY, requestId: NASTY };
  const lines = linesOf(
    inspection({
      standing: { partner: { ...partner, firstName: NASTY, username: NASTY } },
      deadLetters: [{ ...letter(NASTY), requestId: NASTY }],
      errors: { available: true, sinceHours: 24, lines: [error] },
    }),
    pc.createColors(false),
  );

  expect(lines.join('')).toBe(plainText(lines.join('')));
  expect(lines.join('')).toContain('Root');
  expect(reasonsOf([letter(NASTY)])).toEqual([{ reason: plainText(NASTY), count: 1 }]);
});
