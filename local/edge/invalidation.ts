// What an invalidation covers, as CloudFront reads its paths: by the key under which an answer is stored.

/**
 * Whether a key (path, and query where it has one) is covered. A `*` at the end of a path is any rest, the
 * query included; any other path is one key, with its query or without.
 */
export function coverage(paths: readonly string[]): (key: string) => boolean {
  const beginnings = paths.filter((path) => path.endsWith('*')).map((path) => path.slice(0, -1));
  return (key) => paths.includes(key) || beginnings.some((beginning) => key.startsWith(beginning));
}
