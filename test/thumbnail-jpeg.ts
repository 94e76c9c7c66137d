// A JPEG as cameras write it: in its header stands a thumbnail, which is a JPEG with an end of its own.

import sharp from 'sharp';
import { photographBytes } from '../local/bot-api/photographs.ts';

const APP1 = 0xffe1;

/** The photograph of the cat with a thumbnail, and how many bytes are before its picture's own header. */
export async function jpegWithThumbnail(): Promise<{
  jpeg: Buffer<ArrayBuffer>;
  headBytes: number;
}> {
  const picture = photographBytes('cat', 640);
  const thumbnail = await sharp(picture).resize(32).jpeg().toBuffer();
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(APP1);
  segment.writeUInt16BE(thumbnail.length + 2, 2);
  const head = Buffer.concat([picture.subarray(0, 2), segment, thumbnail]);
  return { jpeg: Buffer.concat([head, picture.subarray(2)]), headBytes: head.length };
}
