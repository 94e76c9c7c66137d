// `npm run cost`: what a month costs. With `-- --write` it also brings README.md and docs/cost.md up to it.

import { writeDocuments } from '../cost/documents.ts';
import { fullReport } from '../cost/full-report.ts';
import { readMeasured } from '../cost/measured.ts';
import { stackTemplate } from '../cost/stack-template.ts';

const [option, ...more] = process.argv.slice(2);
if (more.length > 0 || (option !== undefined && option !== '--write')) {
  console.error(`${[option, ...more].join(' ')}: the only option is --write`);
  process.exit(2);
}

const template = stackTemplate();
const measured = readMeasured();
console.log(fullReport(template, measured));
if (option === '--write') writeDocuments(template, measured);
