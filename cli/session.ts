// What a command works with: what it was started in, and where it may write. Standard output is for results; under
// --json it holds one document and nothing else, so that progress, notes and questions go to standard error.

import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import pc from 'picocolors';
import { Mistake } from './mistake.ts';
import type { Screen } from './screen.ts';

/** What the command line is started in. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly errors: WriteStream;
  /** Whether the result is to be a document. */
  readonly json: boolean;
  /** For progress and notes: on standard error where the result is a document. */
  readonly screen: Screen;
  /** The operator's Ctrl-C. */
  readonly stopped: AbortSignal;
}

/** Functions that colour a text, or leave it as it is. */
export type Colours = ReturnType<typeof pc.createColors>;

/** What one command works with. */
export interface Session {
  readonly environment: NodeJS.ProcessEnv;
  readonly stopped: AbortSignal;
  /** Progress and notes. */
  readonly screen: Screen;
  /** For the lines of the result. */
  readonly colours: Colours;
  /** Asks for a yes. Throws Mistake where there is nobody to ask. */
  confirm(question: string): Promise<boolean>;
}

/** The session of a command. */
export function sessionIn(surroundings: Surroundings): Session {
  const { environment, json, screen, stopped, output } = surroundings;
  const isColoured = !json && output.isTTY === true && !environment.NO_COLOR;
  return {
    environment,
    stopped,
    screen,
    colours: pc.createColors(isColoured),
    confirm: (question) => confirmIn(surroundings, question),
  };
}

async function confirmIn(
  { input, errors, stopped }: Surroundings,
  question: string,
): Promise<boolean> {
  if (!input.isTTY || !errors.isTTY) {
    throw new Mistake('There is nobody to ask here: give --yes to do it without a question.');
  }
  const dialogue = createInterface({ input, output: errors });
  // Without this listener a Ctrl-C at the question would end the process in the middle of it.
  dialogue.once('SIGINT', () => {
    errors.write('\n');
    process.kill(process.pid, 'SIGINT');
  });
  try {
    const answer = await dialogue.question(`${question} [y/N] `, { signal: stopped });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (stopped.aborted) return false;
    throw error;
  } finally {
    dialogue.close();
  }
}
