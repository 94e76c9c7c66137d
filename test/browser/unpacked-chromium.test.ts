import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unpackedChromium } from './unpacked-chromium.ts';

// Two browsers at once take seconds of nothing but computing.
const UNPACKING_MS = 300_000;

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'cameo-unpacking-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

test(
  'two that unpack at once have one browser, which is not there before it is whole',
  async () => {
    const both = Promise.all([unpackedChromium(parent), unpackedChromium(parent)]);
    const halves = readdirSync(parent);

    const [first, second] = await both;

    const [folder = '', ...others] = readdirSync(parent);
    expect(halves).not.toContain(folder);
    expect(halves).toHaveLength(2);
    expect(others).toEqual([]);
    expect(first).toEqual(second);
    expect(existsSync(first.executablePath)).toBe(true);
  },
  UNPACKING_MS,
);
