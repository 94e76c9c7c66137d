// What stands in for a face: one or two letters, chosen as a reader of any script would.

let segmenter: Intl.Segmenter | undefined;

/** Made at first use: it takes ten milliseconds, which most cold starts of serve-photo need not spend. */
function graphemesOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Initials are at most this many graphemes, none of them longer than MAX_GRAPHEME_LENGTH. */
const MAX_INITIALS = 2;

// A family emoji is 11 UTF-16 units; combining marks without end ("zalgo") are not initials.
const MAX_GRAPHEME_LENGTH = 16;

/** The initials of a name, at most two graphemes, upper case where the script has one; empty for no name. */
export function initialsOf(firstName: string, lastName = ''): string {
  const first = words(firstName);
  const last = words(lastName);
  const chosen =
    last.length > 0
      ? [first[0] ?? '', last.at(-1) ?? '']
      : [first[0] ?? '', first.slice(1).at(-1) ?? ''];
  return chosen.map(initialOf).join('');
}

/**
 * Whether the text is as short as what `initialsOf` gives: nobody gets to print sentences at the operator's
 * address. Its length counts as a whole, since two graphemes side by side may be one (Hangul, क्ष).
 */
export function areInitials(text: string): boolean {
  return (
    text.length <= MAX_INITIALS * MAX_GRAPHEME_LENGTH &&
    graphemesOf(text).length <= MAX_INITIALS &&
    !/\s|\p{Cc}/u.test(text)
  );
}

// What a face can be drawn with: a letter, a digit or a picture, and no punctuation around them.
const DRAWABLE = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

// What else may be in its grapheme. A letter such as U+0D4E takes any character after it in, a slash too.
const INITIAL =
  /^[\p{L}\p{M}\p{N}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Join_Control}\u{e0020}-\u{e007f}]+$/u;

function words(name: string): string[] {
  return name.split(/[\s\p{Cc}]+/u).filter((word) => DRAWABLE.test(word));
}

function initialOf(word: string): string {
  const face = graphemesOf(word).find((part) => DRAWABLE.test(part) && INITIAL.test(part)) ?? '';
  // Of several letters that one becomes (ß, ﬃ), the first.
  const [initial = ''] = graphemesOf(face.toLocaleUpperCase('und'));
  return initial.length <= MAX_GRAPHEME_LENGTH ? initial : '';
}
