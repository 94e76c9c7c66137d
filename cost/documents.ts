// The report's places in the documents: between two comments, so that the words around it are a person's.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Template } from './fixed.ts';
import { fullReport } from './full-report.ts';
import type { Measured } from './measured.ts';
import { shortReport } from './report.ts';

const BEGIN = '<!-- npm run cost -- --write -->';
const END = '<!-- /npm run cost -->';

const DOCUMENTS = [
  { file: new URL('../README.md', import.meta.url), report: shortReport },
  { file: new URL('../docs/cost.md', import.meta.url), report: fullReport },
];

/** The documents as they are, and as they should be. */
export function documents(template: Template, measured: Measured) {
  return DOCUMENTS.map(({ file, report }) => {
    const text = readFileSync(file, 'utf8');
    return { file, text, expected: withReport(text, report(template, measured)) };
  });
}

/** Brings all documents up to it. */
export function writeDocuments(template: Template, measured: Measured): void {
  for (const { file, expected } of documents(template, measured)) writeFileSync(file, expected);
}

/** The text with this between the two comments; throws an error where they are not there. */
export function withReport(text: string, report: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`no place between ${BEGIN} and ${END}`);
  return `${text.slice(0, begin)}${BEGIN}\n${report}\n${text.slice(end)}`;
}
