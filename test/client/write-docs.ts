// `npm run docs:client`: writes the names, sizes and hashes of what was built last into docs/client.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { withPart } from '../cli/doctor/doctor-docs.ts';
import { DOCS_FILE, filesPart } from './client-docs.ts';

writeFileSync(DOCS_FILE, withPart(readFileSync(DOCS_FILE, 'utf8'), 'files', filesPart()));
