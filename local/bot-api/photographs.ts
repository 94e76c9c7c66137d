// The photographs that the stand-in's users have, in the three sizes that Telegram keeps of each.
// Their order is the order in which a user "changes" the photo.
import { readFileSync } from 'node:fs';

/** The photographs by name, in the order of the rule for users and of changes. */
export const PHOTOGRAPHS = [
  'astronaut',
  'cat',
  'coffee',
  'photographer',
  'galaxies',
  'retina',
  'cat-face',
  'astronaut-wide',
] as const;

/** The name of one photograph. */
export type Photograph = (typeof PHOTOGRAPHS)[number];

/** The widths in pixels that Telegram keeps of a profile photo; all are square. */
export const WIDTHS = [160, 320, 640] as const;

/** One of the three widths in pixels. */
export type Width = (typeof WIDTHS)[number];

const files = new Map<string, Buffer>();

/** The JPEG of a photograph at a width in pixels, read from `photos/` the first time. */
export function photographBytes(name: Photograph, width: Width): Buffer {
  const file = `${name}-${width}.jpg`;
  const bytes = files.get(file) ?? readFileSync(new URL(`photos/${file}`, import.meta.url));
  files.set(file, bytes);
  return bytes;
}

/** The photograph at an index of the list, counted round and round. */
export function photographAt(index: number): Photograph {
  return PHOTOGRAPHS[index % PHOTOGRAPHS.length] as Photograph;
}

/** True if the value is the name of a photograph. */
export function isPhotograph(value: unknown): value is Photograph {
  return PHOTOGRAPHS.some((name) => name === value);
}

/** True if the value is one of the three widths. */
export function isWidth(value: unknown): value is Width {
  return WIDTHS.some((width) => width === value);
}
