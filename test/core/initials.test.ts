import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areInitials, initialsOf } from '../../core/initials.ts';

describe('initials', () => {
  test.each([
    ['Ada', 'Lovelace', 'AL'],
    ['Ada', undefined, 'A'],
    ['ada king lovelace', undefined, 'AL'],
    ['Ada Lovelace', undefined, 'AL'],
    ['Ada', 'King Noel Lovelace', 'AL'],
    ['', 'Lovelace', 'L'],
    ['  Ada  ', ' Lovelace ', 'AL'],
    ['Юрий', 'Гагарин', 'ЮГ'],
    ['小明', '王', '小王'],
    ['محمد', 'علي', 'مع'],
    ['👨‍👩‍👧', 'Family', '👨‍👩‍👧F'],
    ['é́', '', 'É́'],
    ['«Ada»', '(Lovelace)', 'AL'],
    ['ﬃ', 'ß', 'FS'],
    // A letter that takes whatever follows it into its grapheme.
    ['\u0d4e/', '\u0d4e\uffff', ''],
    ['', '', ''],
    ['...', undefined, ''],
    ['\u0000\u0007', undefined, ''],
  ])('of %j %j are %j', (firstName, lastName, expected) => {
    expect(initialsOf(firstName, lastName)).toBe(expected);
  });

  test('are graphemes of sixteen units at most, each of them, and accepted as such', () => {
    const longest = `X${'\u0323'.repeat(15)}`;

    expect(initialsOf(longest, longest)).toBe(longest + longest);
    expect(areInitials(longest + longest)).toBe(true);
    expect(initialsOf(`${longest}\u0323`, 'Lovelace')).toBe('L');
  });

  test('of a mark without end are left out rather than cut in the middle', () => {
    expect(initialsOf(`a${'\u0301'.repeat(500)}`)).toBe('');
  });

  test('are accepted again for every name there is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (first, last) => {
          expect(areInitials(initialsOf(first, last))).toBe(true);
        },
      ),
    );
  });

  test('are no way to print a sentence', () => {
    expect(areInitials('BUYNOW')).toBe(false);
    expect(areInitials('A B')).toBe(false);
    expect(areInitials(`a${'\u0301'.repeat(500)}`)).toBe(false);
  });
});
