// Finds secrets that can be recognised, in any text and under the encodings that software wraps things in.

/** A search: the places in a text where one of the secrets stands, with what is before it. */
export type CanarySearch = (text: string) => string[];

/** Searches for these secrets as they are, in hexadecimal, and in base64 at any offset. */
export function canarySearch(...secrets: readonly string[]): CanarySearch {
  const needles = secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('hex'),
    ...[0, 1, 2].map((offset) => insideBase64(secret, offset)),
  ]);
  return (text) =>
    needles.flatMap((needle) => {
      const at = text.indexOf(needle);
      return at < 0 ? [] : [text.slice(Math.max(0, at - 120), at + needle.length)];
    });
}

/** What stays the same of a secret's base64 whatever is before and after it, `offset` bytes into a group of three. */
function insideBase64(secret: string, offset: number): string {
  const encoded = Buffer.from('\0'.repeat(offset) + secret).toString('base64url');
  // The first and last characters hold bits of the neighbours, too.
  return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
}
