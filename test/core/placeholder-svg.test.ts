import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { peerColourOf } from '../../core/peer-colour.ts';
import { placeholderSvg } from '../../core/placeholder-svg.ts';

describe('a placeholder', () => {
  test('shows the initials on the peer gradient in a few hundred bytes', () => {
    const svg = placeholderSvg(3, 'AL');
    expect(svg).toContain('>AL</text>');
    expect(svg).toContain('#54cb68');
    expect(svg.length).toBeLessThan(600);
  });

  test('is a silhouette where there are no initials', () => {
    expect(placeholderSvg(0, '')).not.toContain('<text');
  });

  test('holds hostile text as text only', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const inside = placeholderSvg(0, `<script>${text}"'&`).split('font-weight="600">')[1] ?? '';
        const shown = inside.slice(0, inside.indexOf('</text>'));
        expect(shown).not.toMatch(/[<>"']|&(?!#\d+;)/);
      }),
    );
  });
});

describe('the peer colour', () => {
  test('is the user id modulo seven, beyond 2^53 too', () => {
    expect(peerColourOf('42')).toBe(0);
    expect(peerColourOf('7000000000000001')).toBe(1);
  });
});
