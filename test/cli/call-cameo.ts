// The command line as an operator has it: a process of its own, whose two outputs are kept apart.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const command = resolve(import.meta.dirname, '../../bin/cameo.ts');

/** A call that ended: the exit code, or the signal that ended it. */
export interface Ended {
  readonly code: number | NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
  /** The document of a call with --json. */
  json<Document = Record<string, unknown>>(): Document;
}

/** Runs a command with this environment and no other; `during` may do something to the process meanwhile. */
export async function callCameo(
  parameters: readonly string[],
  environment: Record<string, string>,
  during: (child: ChildProcess) => unknown = () => {},
): Promise<Ended> {
  const child = spawn(process.execPath, [command, ...parameters], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const texts = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    texts.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    texts.errors += text;
  });
  const closed = once(child, 'close');
  await during(child);
  await closed;
  return {
    ...texts,
    code: child.exitCode ?? child.signalCode,
    json: () => JSON.parse(texts.output),
  };
}
