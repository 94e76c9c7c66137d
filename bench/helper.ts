// Processes of the benchmark's own, so that what they spend counts for nobody else. One question at a
// time over Node's channel between processes; a helper whose parent is gone ends by itself.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { undoAtExit } from './leftovers.ts';

/** A running helper. */
export interface Helper<Question, Answer> extends AsyncDisposable {
  readonly pid: number;
  /** Rejects with what the helper threw, as text. */
  ask(question: Question): Promise<Answer>;
}

type Reply<Answer> = { readonly answer: Answer } | { readonly error: string };

/** Starts `helpers/<name>.ts`. */
export function startHelper<Question extends object, Answer>(
  name: string,
): Helper<Question, Answer> {
  const child = fork(join(import.meta.dirname, 'helpers', `${name}.ts`), {
    serialization: 'advanced',
    // A handler writes its metrics there, as many lines as are measured.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const kill = undoAtExit(() => child.kill('SIGKILL'));
  return {
    pid: child.pid as number,
    async ask(question) {
      const replied = Promise.withResolvers<Reply<Answer>>();
      const died = () => replied.reject(new Error(`helper ${name} ended`));
      child.once('message', replied.resolve).once('exit', died);
      child.send(question);
      const reply = await replied.promise.finally(() => {
        child.off('message', replied.resolve).off('exit', died);
      });
      if ('error' in reply) throw new Error(`helper ${name}: ${reply.error}`);
      return reply.answer;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        kill();
        await ended;
      }
    },
  };
}

/** In a helper: answers each question of the parent. */
export function answerParent<Question, Answer>(
  answer: (question: Question) => Promise<Answer> | Answer,
): void {
  const reply = async (question: Question): Promise<Reply<Answer>> => {
    try {
      return { answer: await answer(question) };
    } catch (error) {
      return { error: String(error instanceof Error ? error.stack : error) };
    }
  };
  process.on('message', async (question: Question) => {
    process.send?.(await reply(question));
  });
  process.once('disconnect', () => process.exit());
}
