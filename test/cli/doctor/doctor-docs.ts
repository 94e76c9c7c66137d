// The parts of docs/doctor.md that are made from the code.

import { resolve } from 'node:path';
import { checks } from '../../../cli/doctor/checks.ts';

/** The file. */
export const DOCS_FILE = resolve(import.meta.dirname, '../../../docs/doctor.md');

/** The table of all checks. */
export function checksTable(): string {
  const rows = checks.map(({ name, title, asks }) => `| \`${name}\` | ${title} | ${asks} |`);
  return ['| name | line | asks |', '|---|---|---|', ...rows].join('\n');
}

/** What is between the two marks of this name. */
export function partOf(text: string, name: string): string {
  return partPattern(name).exec(text)?.[2]?.trim() ?? '';
}

/** The text with another part of this name. */
export function withPart(text: string, name: string, part: string): string {
  return text.replace(partPattern(name), (_, begin, __, end) => `${begin}\n\n${part}\n\n${end}`);
}

function partPattern(name: string): RegExp {
  return new RegExp(`(<!-- ${name}:[^>]*-->)([\\s\\S]*?)(<!-- /${name} -->)`);
}
