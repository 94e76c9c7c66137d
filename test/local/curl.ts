#!/usr/bin/env node
// A curl for machines without one, as far as local/examples.ts needs it: -X -H -d -i -L -o and a URL.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    request: { type: 'string', short: 'X' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
    include: { type: 'boolean', short: 'i' },
    location: { type: 'boolean', short: 'L' },
    output: { type: 'string', short: 'o' },
  },
});
const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded' });
for (const line of values.header ?? []) {
  const colon = line.indexOf(':');
  headers.set(line.slice(0, colon), line.slice(colon + 1).trim());
}
const response = await fetch(positionals[0] ?? '', {
  method: values.request ?? 'GET',
  headers,
  redirect: values.location ? 'follow' : 'manual',
  ...(values.data !== undefined && { body: values.data }),
});
const head = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
if (values.include) process.stdout.write(`HTTP/1.1 ${response.status}\r\n${head}\r\n`);
const body = Buffer.from(await response.arrayBuffer());
if (values.output === undefined) process.stdout.write(body);
else writeFileSync(values.output, body);
