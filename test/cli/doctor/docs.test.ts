// docs/doctor.md and the README against the code: what they list is what there is.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { checks } from '../../../cli/doctor/checks.ts';
import { checksTable, DOCS_FILE, partOf } from './doctor-docs.ts';

const docs = readFileSync(DOCS_FILE, 'utf8');
const readme = readFileSync(resolve(DOCS_FILE, '../../README.md'), 'utf8');

test('the docs have every check, as npm run docs:doctor writes them', () => {
  expect(partOf(docs, 'checks')).toBe(checksTable());
});

test('the transcripts show every check, and each with a good end', () => {
  const transcripts = partOf(docs, 'transcripts');

  for (const { title } of checks) {
    expect(transcripts).toMatch(new RegExp(`^✓ {2}${title} {2}`, 'm'));
  }
});

test('the README shows a transcript of the docs', () => {
  const [, shown = ''] = /```\n(✓ {2}Secrets[\s\S]*?)\n```/.exec(readme) ?? [];

  expect(shown).not.toBe('');
  expect(partOf(docs, 'transcripts')).toContain(shown);
});

test('every title fits its column', () => {
  for (const { title } of checks) expect(title.length).toBeLessThanOrEqual(12);
});
