// PNG files by their chunks: what their header says and what their data holds need not agree.

import { constants, crc32, deflateRawSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

const CHANNELS = { grey: 1, rgb: 3, palette: 1, greyAlpha: 2, rgba: 4 } as const;
const COLOUR_TYPES = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const;

// Adam7: x and y of the first pixel of each pass, and the steps to the next (PNG specification, 8.2).
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** What the header says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bits: 1 | 8 | 16;
  readonly colour: keyof typeof CHANNELS;
  readonly interlaced?: boolean;
}

/** One chunk with its length and checksum. */
export function pngChunk(type: string, data: Buffer | string): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(data)]);
  return Buffer.concat([uint32(body.length - 4), body, uint32(crc32(body))]);
}

/** A PNG of nothing but zeros, with these chunks between header and pixels. */
export function png(header: PngHeader, ...chunks: Buffer[]): Buffer {
  return pngOf(header, pixelsOf(header), ...chunks);
}

/** A PNG whose header says what it likes of these compressed pixels. */
export function pngOf(header: PngHeader, pixels: Buffer, ...chunks: Buffer[]): Buffer {
  const { width, height, bits, colour, interlaced } = header;
  const form = Buffer.from([bits, COLOUR_TYPES[colour], 0, 0, interlaced ? 1 : 0]);
  return Buffer.concat([
    SIGNATURE,
    pngChunk('IHDR', Buffer.concat([uint32(width), uint32(height), form])),
    ...chunks,
    pngChunk('IDAT', pixels),
    pngChunk('IEND', ''),
  ]);
}

/** The compressed pixels: rows of zeros, each after a filter byte that is zero too. */
export function pixelsOf({ width, height, bits, colour, interlaced }: PngHeader): Buffer {
  const passes = interlaced ? PASSES : ([[0, 0, 1, 1]] as const);
  const lengths = passes.map(([x, y, stepX, stepY]) => {
    const columns = Math.max(0, Math.ceil((width - x) / stepX));
    const lines = Math.max(0, Math.ceil((height - y) / stepY));
    return columns && lines * (1 + Math.ceil((columns * bits * CHANNELS[colour]) / 8));
  });
  return deflatedZeros(lengths.reduce((sum, length) => sum + length, 0));
}

/** So many zeros as zlib writes them, a thousandth as long, without ever being there (RFC 1950 and 1951). */
export function deflatedZeros(length: number): Buffer {
  const BLOCK = 1 << 20;
  const flushed = (bytes: number) =>
    deflateRawSync(Buffer.alloc(bytes), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const whole = Array(Math.floor(length / BLOCK)).fill(flushed(BLOCK));
  const head = Buffer.from('78da', 'hex');
  const last = Buffer.from('0300', 'hex');
  const adler = uint32((length % 65_521) * 65_536 + 1);
  return Buffer.concat([head, ...whole, flushed(length % BLOCK), last, adler]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
