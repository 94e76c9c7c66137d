// How each command ends: with its result as lines for a person or as one JSON document, or with one line that says
// what is wrong and what to do. Never with a stack trace.

import type { Command } from 'commander';
import { explained, lineOf } from './aws-error.ts';
import { Mistake } from './mistake.ts';
import { type Session, type Surroundings, sessionIn } from './session.ts';

/** The exit codes of every command. */
export const EXIT = { ok: 0, notAllWell: 1, mistake: 2 } as const;

/** What came of a command. */
export interface Outcome {
  /** The result for a program; the names in it stay what they are. */
  readonly document: object;
  /** The result for a person. */
  readonly lines: readonly string[];
  /** `undefined` where the signal that stopped the command decides. */
  readonly exitCode: number | undefined;
}

/** Does a command's work and writes its result. */
export type Perform = (work: (session: Session) => Promise<Outcome>) => Promise<void>;

/** Adds the options that every command has: --stack, --region and --json, which bin/cameo.ts reads. */
export function withDeployment(command: Command): Command {
  return command
    .option('--stack <name>', 'the stack (default: CAMEO_STACK, else the Cameo on this machine)')
    .option('--region <region>', "the stack's region (default: that of your AWS profile)")
    .option('--json', 'write the result as one JSON document');
}

/** A function that performs commands in these surroundings; `ended` is told their exit codes. */
export function performIn(
  surroundings: Surroundings,
  ended: (exitCode: number | undefined) => void,
): Perform {
  return async (work) => {
    try {
      const { document, lines, exitCode } = await work(sessionIn(surroundings));
      const text = surroundings.json ? [JSON.stringify(document, null, 2)] : lines;
      for (const line of text) surroundings.output.write(`${line}\n`);
      ended(exitCode);
    } catch (error) {
      sayError(surroundings, lineOf(error));
      ended(explained(error) instanceof Mistake ? EXIT.mistake : EXIT.notAllWell);
    }
  };
}

/** Says what is wrong: as the document where one is expected, else on standard error. */
export function sayError({ json, output, errors }: Surroundings, line: string): void {
  if (json) output.write(`${JSON.stringify({ error: line }, null, 2)}\n`);
  else errors.write(`${line}\n`);
}
