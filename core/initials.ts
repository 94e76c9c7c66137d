// What stands in for a face: one or two letters, chosen as a reader of any script would.

let segmenter: Intl.Segmenter | undefined;

/** Made at first use: it takes ten milliseconds, which most cold starts of serve-photo need not spend. */
function graphemesOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

/** Initials are at most this many graphemes, and no grapheme may be longer than MAX_GRAPHEME_LENGTH. */
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
  return chosen.map(firstGrapheme).join('').toLocaleUpperCase('und');
}

/** Whether the text could have come from `initialsOf`: nobody gets to print sentences at the operator's address. */
export function areInitials(text: string): boolean {
  const parts = graphemesOf(text);
  return (
    parts.length <= MAX_INITIALS * 2 &&
    parts.every((part) => part.length <= MAX_GRAPHEME_LENGTH && !/\s|\p{Cc}/u.test(part))
  );
}

// What a face can be drawn with: a letter, a digit or a picture, and no punctuation around them.
const DRAWABLE = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

function words(name: string): string[] {
  return name.split(/[\s\p{Cc}]+/u).filter((word) => DRAWABLE.test(word));
}

function firstGrapheme(word: string): string {
  const first = graphemesOf(word).find((part) => DRAWABLE.test(part)) ?? '';
  return first.length <= MAX_GRAPHEME_LENGTH ? first : '';
}
