// What a placeholder's markup is, for tests that ask whether a name could become more than text in it.

import fc, { type Arbitrary } from 'fast-check';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</text><image href="https://evil.example/"/>',
  ']]>',
  '<!--',
  '<![CDATA[',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '&#x41;',
  '&lt;',
  '&a;',
  '"onload="alert(1)',
  '<',
  '>',
  '&',
  '"',
  "'",
  '/',
  '\\',
  '%2F',
  '..',
  '\u0000',
  '\u001b[31m',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\ufffe',
  '\uffff',
  '\u{1ffff}',
  '\ud83d',
  '\udc00',
  '\u200d',
  '\u202e',
  '\u2066',
  '\u0301'.repeat(40),
  '\u{e0001}',
  // Letters that take whatever follows them into their grapheme.
  '\u0d4e',
  '\u{111c2}',
  // One that becomes three in upper case, one that becomes longer, and one that joins with its neighbours.
  'ﬃ',
  'ΐ',
  'ᄀ',
  'क्',
  '👩‍👩‍👧',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  '👍🏽',
  '1️⃣',
  'ß',
  'a',
];

/** Names that are no names: pieces of markup, of scripts and of characters that do not stand alone, in any order. */
export const hostileName: Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 3 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) => pieces.join(''));

/** Everything between angle brackets, and what of the rest can be seen, with its escapes undone. */
export function markupOf(svg: string): { readonly tags: string[]; readonly texts: string[] } {
  const parts = svg.split(/(<[^>]*>)/);
  const texts = parts.filter((part, n) => n % 2 === 0 && part !== '');
  return { tags: parts.filter((_, n) => n % 2 === 1), texts: texts.map(unescaped) };
}

const unescaped = (text: string) =>
  text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
