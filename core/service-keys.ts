// The key of the operator's backend, as the secret holds it; while it is changed there are two.

const MAX_KEYS = 2;

// No quotes: in a JSON text, the name of a field would be a key to guess.
const KEY = /^[^\s"]{16,}$/;

/** What the text of the secret has to hold. */
export const SERVICE_KEYS_EXPECTED =
  'one key, or two with a blank between them, as plain text; each has 16 characters or more, and no quotes';

/** The keys in a text with whitespace between them; `undefined` where it holds anything else. */
export function serviceKeysIn(text: string): string[] | undefined {
  const keys = text.trim().split(/\s+/);
  return keys.length <= MAX_KEYS && keys.every((key) => KEY.test(key)) ? keys : undefined;
}
