// The `file_path`s that getFile gave out. A link is good for an hour and keeps the bytes that it was
// made for, even when the user changes or deletes the photo meanwhile.

/** How long a `file_path` can be downloaded, in ms: "at least 1 hour" (Bot API, getFile). */
export const LINK_MS = 3_600_000;

/** What a link leads to. */
export interface LinkedFile {
  readonly userId: number;
  /** The `file_unique_id`. */
  readonly uniqueId: string;
  readonly bytes: Buffer;
}

/** The links that are still good. */
export interface Links {
  /** A new relative `file_path` for the file. */
  issue(file: LinkedFile): string;
  /** The file of a `file_path`, undefined when it was never issued or is over. */
  open(path: string): LinkedFile | undefined;
}

/** No links yet; `now` is in ms, and its first value keeps the names of a restart apart. */
export function createLinks(now: () => number): Links {
  const links = new Map<string, LinkedFile & { until: number }>();
  let number = now();

  const dropExpired = () => {
    for (const [path, { until }] of links) {
      if (until > now()) return;
      links.delete(path);
    }
  };

  return {
    issue(file) {
      dropExpired();
      number += 1;
      const path = `photos/file_${number}.jpg`;
      links.set(path, { ...file, until: now() + LINK_MS });
      return path;
    },
    open(path) {
      dropExpired();
      return links.get(path);
    },
  };
}
