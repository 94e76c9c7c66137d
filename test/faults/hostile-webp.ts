// WebP files by their chunks (RFC 9649).

const ANIMATED = 0x02;

/** An animation of these still WebP files, all of them as wide and high as the canvas. */
export function animatedWebp(side: number, frames: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(10);
  header[0] = ANIMATED;
  header.writeUIntLE(side - 1, 4, 3);
  header.writeUIntLE(side - 1, 7, 3);
  return riff(
    chunk('VP8X', header),
    chunk('ANIM', Buffer.alloc(6)),
    ...frames.map((frame) => animationFrame(side, frame)),
  );
}

function animationFrame(side: number, still: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUIntLE(side - 1, 6, 3);
  header.writeUIntLE(side - 1, 9, 3);
  header.writeUIntLE(40, 12, 3);
  return chunk('ANMF', Buffer.concat([header, still.subarray(12)]));
}

function riff(...chunks: Buffer[]): Buffer {
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type), length, data, Buffer.alloc(data.length % 2)]);
}
