import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { parsePlaceholder, placeholderPath } from '../../core/avatar-url.ts';
import { areInitials, initialsOf } from '../../core/initials.ts';
import { peerColourOf } from '../../core/peer-colour.ts';
import { placeholderSvg } from '../../core/placeholder-svg.ts';
import { hostileName, markupOf } from '../svg.ts';

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

  test('is a gradient, a square and a text, without an address or a script in any attribute', () => {
    const { tags } = markupOf(placeholderSvg(0, 'AL'));

    const elements = tags.map((tag) => tag.split(/[ >]/)[0]);
    expect(elements).toEqual([
      '<svg',
      '<linearGradient',
      '<stop',
      '<stop',
      '</linearGradient',
      '<path',
      '<text',
      '</text',
      '</svg',
    ]);
    expect(tags.join('')).not.toMatch(/href|src|style|\son\w+=/i);
  });

  test('of any text is XML, with the same markup as that of every other', async () => {
    await fc.assert(
      fc.asyncProperty(hostileName, async (text) => {
        fc.pre(text !== '');

        const svg = placeholderSvg(0, text);

        const { tags, texts } = markupOf(svg);
        expect(tags).toEqual(markupOf(placeholderSvg(0, 'AL')).tags);
        // What XML cannot hold is replaced.
        expect(texts).toEqual([text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd')]);
        await expectXml(svg);
      }),
      { numRuns: 300 },
    );
  });

  test('of any name has an address of its own and is small', () => {
    fc.assert(
      fc.property(hostileName, fc.option(hostileName, { nil: undefined }), (first, last) => {
        const initials = initialsOf(first, last);
        const [, , colour = '', file = ''] = placeholderPath(6, initials).split('/');

        expect(parsePlaceholder(colour, decodeURIComponent(file))).toEqual({ colour: 6, initials });
        expect(areInitials(initials)).toBe(true);
        // Nothing that a path, a picture or a line of text could be read otherwise for.
        expect(initials).not.toMatch(
          /[\s\p{Cc}\p{Cs}\p{P}<>&|~^`$+=\u202a-\u202e\u2066-\u2069\uffff]/u,
        );
        expect(Buffer.byteLength(placeholderSvg(6, initials))).toBeLessThan(700);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Has it read by librsvg, whose parser takes nothing but well-formed XML. */
async function expectXml(svg: string): Promise<void> {
  const { format, width, height } = await sharp(Buffer.from(svg)).metadata();
  expect({ format, width, height }).toEqual({ format: 'svg', width: 100, height: 100 });
}

describe('the peer colour', () => {
  test('is the user id modulo seven, beyond 2^53 too', () => {
    expect(peerColourOf('42')).toBe(0);
    expect(peerColourOf('7000000000000001')).toBe(1);
  });
});
