// One bundled function alone in a process, as Lambda has it: loaded once, invoked one event after the other.

import { createRequire } from 'node:module';
import type { Context } from 'aws-lambda';
import { forgetAwsAccount } from '../../local/aws.ts';
import { invocationContext } from '../../local/invocation.ts';
import { answerParent } from '../helper.ts';

/** The bundle and its environment, before anything else; then an event at a time. */
export type InvokeQuestion =
  | { readonly file: string; readonly environment: Readonly<Record<string, string>> }
  | { readonly event: unknown; readonly timeoutSeconds: number };

/** The handler's answer and what it cost: processor time in ms, whoever else runs here, and the bytes that it logged. */
export interface InvokeAnswer {
  readonly answer?: unknown;
  readonly processorMs: number;
  readonly logBytes: number;
}

type Handler = (event: unknown, context: Context) => Promise<unknown>;

let handler: Handler;
let logBytes = 0;
process.stdout.write = (text: string | Uint8Array) => {
  logBytes += Buffer.byteLength(text);
  return true;
};

answerParent<InvokeQuestion, InvokeAnswer>((question) =>
  measured(async () => {
    if ('event' in question) {
      const { timeoutSeconds } = question;
      return handler(question.event, invocationContext({ functionName: 'billed', timeoutSeconds }));
    }
    forgetAwsAccount(process.env);
    Object.assign(process.env, question.environment);
    handler = createRequire(import.meta.url)(question.file).handler;
  }),
);

async function measured(run: () => Promise<unknown>): Promise<InvokeAnswer> {
  logBytes = 0;
  const before = process.cpuUsage();
  const answer = await run();
  const { user, system } = process.cpuUsage(before);
  return { answer, processorMs: (user + system) / 1000, logBytes };
}
