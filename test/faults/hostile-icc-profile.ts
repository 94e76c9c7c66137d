// An ICC profile for RGB displays that may also be a program of any length (ICC.1:2010, 10.14).

/** A valid profile; with `elements`, that many matrices one after the other stand beside its curves. */
export function iccProfile(elements: number): Buffer {
  const text = tag(
    'mluc',
    uint32(1),
    uint32(12),
    Buffer.from('enUS'),
    uint32(2),
    uint32(28),
    utf16('x'),
  );
  const curve = tag('curv', uint32(1), Buffer.of(2, 0x33, 0, 0));
  const tags: [string, Buffer][] = [
    ['desc', text],
    ['cprt', text],
    ['wtpt', xyz(0.9642, 1, 0.8249)],
    ['rXYZ', xyz(0.436, 0.2225, 0.0139)],
    ['gXYZ', xyz(0.385, 0.7169, 0.0971)],
    ['bXYZ', xyz(0.1431, 0.0606, 0.7141)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  if (elements > 0) tags.push(['D2B0', program(elements)], ['D2B1', program(elements)]);
  return assembled(tags);
}

/** The same matrix over and over: a table of eight bytes for each, and the matrix once. */
function program(elements: number): Buffer {
  const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0].map((factor) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(factor + 0.0001);
    return bytes;
  });
  const element = tag('matf', Buffer.of(0, 3, 0, 3), ...matrix);
  const at = Buffer.concat([uint32(16 + 8 * elements), uint32(element.length)]);
  const table = Buffer.alloc(8 * elements, at);
  return tag('mpet', Buffer.of(0, 3, 0, 3), uint32(elements), table, element);
}

function assembled(tags: readonly [string, Buffer][]): Buffer {
  const header = Buffer.alloc(128);
  header.writeUInt32BE(0x04300000, 8);
  header.write('mntrRGB XYZ ', 12);
  header.write('acsp', 36);
  xyz(0.9642, 1, 0.8249).copy(header, 68, 8);
  let offset = header.length + 4 + 12 * tags.length;
  const directory = tags.map(([name, data]) => {
    const entry = Buffer.concat([Buffer.from(name), uint32(offset), uint32(data.length)]);
    offset += data.length;
    return entry;
  });
  header.writeUInt32BE(offset, 0);
  return Buffer.concat([
    header,
    uint32(tags.length),
    ...directory,
    ...tags.map(([, data]) => data),
  ]);
}

function tag(type: string, ...parts: Buffer[]): Buffer {
  const data = Buffer.concat([Buffer.from(type), Buffer.alloc(4), ...parts]);
  return Buffer.concat([data, Buffer.alloc((4 - (data.length % 4)) % 4)]);
}

function xyz(...values: number[]): Buffer {
  return tag('XYZ ', ...values.map((value) => uint32(Math.round(value * 65_536))));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}
