// JPEG files by their segments, and files that are more work than any encoder makes.

const SOI = Buffer.from([0xff, 0xd8]);
const EOI = Buffer.from([0xff, 0xd9]);

// Arithmetic coding goes on after its data has ended, with zeros and without a word (ITU-T T.81, D.2.6): four
// bytes are enough for a scan of any size. Of those tried, these keep the decoder longest.
const SCAN_DATA = Buffer.from('aab02246', 'hex');

/** A segment: its marker's second byte, its length, its data. */
export function segment(marker: number, data: Buffer | string): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(Buffer.byteLength(data) + 2, 2);
  return Buffer.concat([head, Buffer.from(data)]);
}

/** The JPEG with these segments right after its start. */
export function withSegments(jpeg: Buffer, ...segments: Buffer[]): Buffer {
  return Buffer.concat([SOI, ...segments, jpeg.subarray(SOI.length)]);
}

/** The JPEG without its segments of this marker. */
export function withoutSegments(jpeg: Buffer, marker: number): Buffer {
  const kept = [...segmentsOf(jpeg)].filter((found) => found.marker !== marker);
  const last = kept.at(-1);
  const tail = jpeg.subarray(last?.end);
  return Buffer.concat([SOI, ...kept.map(({ start, end }) => jpeg.subarray(start, end)), tail]);
}

/** The JPEG whose frame header says another size. */
export function sayingSize(jpeg: Buffer, width: number, height: number): Buffer {
  const lying = Buffer.from(jpeg);
  for (const { marker, start } of segmentsOf(jpeg)) {
    if (marker !== 0xc0 && marker !== 0xc2) continue;
    lying.writeUInt16BE(height, start + 5);
    lying.writeUInt16BE(width, start + 7);
    return lying;
  }
  throw new Error('no frame header');
}

/** A valid progressive JPEG of four colours that refines each coefficient bit by bit: up to 57 scans. */
export function manyScans(width: number, height: number, scans: number): Buffer {
  const colours = [1, 2, 3, 4];
  const table = Buffer.alloc(65, 1).fill(0, 0, 1);
  const size = Buffer.alloc(4);
  size.writeUInt16BE(height, 0);
  size.writeUInt16BE(width, 2);
  const samplings = colours.flatMap((colour) => [colour, 0x11, 0]);
  const frame = Buffer.concat([Buffer.of(8), size, Buffer.of(colours.length, ...samplings)]);
  // Bits 13 to 0: the first scan of a band gives the highest, each further one the next.
  const bits = Array.from({ length: 13 }, (_, index) => [13 - index, 12 - index] as const);
  const all = [
    scan(colours, [0, 0], 0, 13),
    ...colours.flatMap((colour) => [
      scan([colour], [1, 63], 0, 13),
      ...bits.map(([from, to]) => scan([colour], [1, 63], from, to)),
    ]),
  ];
  return Buffer.concat([
    SOI,
    segment(0xdb, table),
    segment(0xca, frame),
    ...all.slice(0, scans),
    EOI,
  ]);
}

function scan(colours: number[], band: [number, number], fromBit: number, toBit: number): Buffer {
  const selected = colours.flatMap((colour) => [colour, 0]);
  const head = Buffer.of(colours.length, ...selected, ...band, (fromBit << 4) | toBit);
  return Buffer.concat([segment(0xda, head), SCAN_DATA]);
}

/** The segments up to the first scan. */
function* segmentsOf(jpeg: Buffer): Generator<{ marker: number; start: number; end: number }> {
  for (let start = SOI.length; jpeg[start + 1] !== 0xda; ) {
    const end = start + 2 + jpeg.readUInt16BE(start + 2);
    yield { marker: jpeg[start + 1] as number, start, end };
    start = end;
  }
}
