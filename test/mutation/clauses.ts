// Takes one clause of a conditional write out at a time, in a copy of the tree, and says which tests notice. Exits
// with 1 where none does: `npm run mutation:clauses`.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClauseMutation, clauseMutations } from './clause-mutations.ts';

const ROOT = join(import.meta.dirname, '../..');
// What the tests of a clause need.
const COPIED = ['adapters', 'core', 'lambdas', 'local', 'test', 'package.json', 'vitest.config.ts'];
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** A test in it. */
interface TestResult {
  readonly status: string;
  readonly fullName: string;
  readonly failureMessages: readonly string[];
}

/** What vitest's JSON reporter writes, as far as it matters. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly TestResult[];
  }[];
}

/** A copy of the tree, which is gone when this process ends. */
function copyOfTheTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'cameo-clauses-'));
  process.on('exit', () => rmSync(tree, { recursive: true, force: true }));
  process.on('SIGINT', () => process.exit(130));
  for (const name of COPIED) cpSync(join(ROOT, name), join(tree, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

/** The names of the tests that fail in the tree; throws where vitest itself does. */
async function failingTests(tree: string, tests: readonly string[]): Promise<string[]> {
  const outputFile = join(tree, 'report.json');
  rmSync(outputFile, { force: true });
  const options = ['--project=system', '--reporter=json', `--outputFile=${outputFile}`];
  const command = [VITEST, 'run', ...options, ...tests];
  await new Promise((resolve) => execFile(process.execPath, command, { cwd: tree }, resolve));
  const { testResults }: Report = JSON.parse(readFileSync(outputFile, 'utf8'));
  return testResults
    .toSorted(wholeFaultsFirst)
    .flatMap(({ name, message, status, assertionResults }) => {
      const failed = assertionResults.filter((result) => result.status === 'failed');
      // A file that cannot even be loaded has no tests: that is a mutation that went wrong.
      if (failed.length === 0 && status === 'failed') throw new Error(`${name}: ${message}`);
      // What DynamoDB cannot even read is noticed by every test, and says nothing of them.
      const refused = failed.flatMap(({ failureMessages }) =>
        failureMessages.filter(isNoExpression),
      );
      if (refused.length > 0) throw new Error(`no expression: ${refused[0]}`);
      return failed.map(({ fullName }) => fullName);
    });
}

/** They say what the clause is for. */
function wholeFaultsFirst(one: { name: string }, other: { name: string }): number {
  return Number(other.name.includes('/faults/')) - Number(one.name.includes('/faults/'));
}

const isNoExpression = (message: string) => message.includes('ValidationException');

/** The text with the clause weakened; throws where it is not there once, since then the list is out of date. */
function mutated(source: string, { file, mechanism, mutation, find, replace }: ClauseMutation) {
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`${mechanism}, ${mutation}: ${times} times in ${file}: ${find}`);
  return source.replace(find, () => replace);
}

async function killersOf(tree: string, clause: ClauseMutation): Promise<string[]> {
  const path = join(tree, clause.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutated(source, clause));
  try {
    return await failingTests(tree, clause.tests);
  } finally {
    writeFileSync(path, source);
  }
}

const print = (line: string) => process.stdout.write(`${line}\n`);

const tree = copyOfTheTree();
for (const clause of clauseMutations) {
  mutated(readFileSync(join(tree, clause.file), 'utf8'), clause);
}
const tests = new Set(clauseMutations.flatMap((clause) => clause.tests));
const failing = await failingTests(tree, [...tests]);
if (failing.length > 0) throw new Error(`without any mutation these fail: ${failing.join('; ')}`);

let survivors = 0;
for (const clause of clauseMutations) {
  const killers = await killersOf(tree, clause);
  if (killers.length === 0) survivors += 1;
  const others = killers.length > 2 ? ` and ${killers.length - 2} more` : '';
  const verdict = killers.length > 0 ? `${killers.slice(0, 2).join('; ')}${others}` : 'SURVIVED';
  print(`${clause.mechanism.padEnd(40)} ${clause.mutation.padEnd(28)} ${verdict}`);
}
print(`${clauseMutations.length} mutations, ${survivors} survived`);
process.exitCode = survivors > 0 ? 1 : 0;
