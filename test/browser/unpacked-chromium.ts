// Chromium out of its package, in a folder of the temporary folder that only this version and this user have. The package
// itself unpacks to a name that all share, where a killed process leaves half a browser for ever.

import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import sparticuz from '@sparticuz/chromium';

const manifest = new URL('../../package.json', import.meta.url);
const VERSION = JSON.parse(readFileSync(manifest, 'utf8')).devDependencies['@sparticuz/chromium'];

/** Where a whole browser is: its program, and the configuration of its fonts. */
export interface UnpackedChromium {
  readonly executablePath: string;
  readonly fontsFile: string;
}

/** Unpacks it into `parent`, unless it is there: whole or not at all, whoever else does the same just now. */
export async function unpackedChromium(parent = tmpdir()): Promise<UnpackedChromium> {
  const folder = join(parent, `cameo-chromium-${VERSION}-${userInfo().uid}`);
  if (!existsSync(folder)) await unpackInto(folder);
  return { executablePath: join(folder, 'chromium'), fontsFile: join(folder, 'fonts.conf') };
}

async function unpackInto(folder: string): Promise<void> {
  const half = mkdtempSync(`${folder}-`);
  await insteadOfTemporary(half, () => sparticuz.executablePath());
  writeFileSync(join(half, 'fonts.conf'), fontsConfiguration(join(folder, 'fonts')));
  try {
    renameSync(half, folder);
  } catch (error) {
    // Somebody else was first.
    rmSync(half, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Has the package take this for the temporary folder, which it asks for before it waits for anything. */
function insteadOfTemporary<Result>(folder: string, unpack: () => Result): Result {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    return unpack();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

/** The package's own font beside those of the machine, which may have none: a text without a font has no width. */
function fontsConfiguration(fonts: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${fonts}-cache</cachedir>
</fontconfig>
`;
}
