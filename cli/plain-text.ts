// What strangers wrote, on an operator's terminal: a name may hold what a terminal obeys.

// Control characters (ECMA-48), and marks that turn the direction of what follows (Unicode, UAX 9).
const OBEYED = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** The text with each such character replaced. */
export function plainText(text: string): string {
  return text.replace(OBEYED, '\uFFFD');
}
