// What a check is, and how it is made to end in a finding, whatever happens.

import { EdgeUnreachable } from './edge-request.ts';
import { TooSlow, within } from './fact.ts';
import { type Advice, type Finding, failed, NotChecked } from './finding.ts';
import type { Subject } from './subject.ts';

/** One line of the doctor. */
export interface Check {
  /** For `--json` and the docs. */
  readonly name: string;
  /** What the line begins with: 12 characters at most. */
  readonly title: string;
  /** What it asks, in a sentence for the docs. */
  readonly asks: string;
  readonly look: (subject: Subject) => Promise<Finding>;
}

/** A check that was made. */
export interface Examined extends Finding {
  readonly name: string;
  readonly title: string;
}

const LIMIT_MS = 10_000;

/** Makes the check. Whatever it rejects with becomes a finding, and so does a silence of ten seconds. */
export async function examine({ name, title, look }: Check, subject: Subject): Promise<Examined> {
  const finding = await within(LIMIT_MS, look(subject)).catch((error) => findingOf(error, subject));
  return { name, title, ...finding };
}

const DENIED = /AccessDenied|NotAuthorized|Unauthorized|AuthorizationError/i;

function findingOf(error: unknown, subject: Subject): Finding {
  if (error instanceof NotChecked)
    return { mark: 'unchecked', summary: `not checked: ${error.message}` };
  const reason = reasonOf(error);
  return failed(`cannot be looked at (${reason})`, adviceFor(error, reason, subject));
}

function adviceFor(error: unknown, reason: string, { stack }: Subject): Advice {
  if (DENIED.test(reason)) {
    return { text: 'Use credentials that may read it, such as those that deployed the stack.' };
  }
  if (error instanceof TooSlow || error instanceof EdgeUnreachable) {
    return {
      text: `Look whether something between here and ${stack ? 'AWS' : 'the system'} holds connections back (proxy, VPN, firewall), then try again.`,
    };
  }
  return stack
    ? { text: "Look at AWS's health page and at this shell's network, then try again." }
    : { text: 'End the system with Ctrl-C and begin it anew.', command: 'npm start' };
}

/** What went wrong, in a word or a few that hold nothing secret: a code, or the name of an error. */
export function reasonOf(error: unknown): string {
  if (error instanceof TooSlow || error instanceof EdgeUnreachable) return error.message;
  if (!(error instanceof Error)) return 'an error';
  // Powertools wrap what Secrets Manager said.
  if (error.name === 'GetParameterError' && error.cause) return reasonOf(error.cause);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}
