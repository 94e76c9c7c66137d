// The edge as a viewer meets it first: does it answer?

import { type Check, reasonOf } from './check.ts';
import { bringUp } from './commands.ts';
import type { EdgeAnswer } from './edge-request.ts';
import { type Advice, failed, NotChecked, ok } from './finding.ts';
import type { Subject } from './subject.ts';
import { NotCameo } from './unknown-avatar.ts';

/** An avatar that nobody has is asked for: the edge, the API, serve-photo and the table have to agree. */
export const edge: Check = {
  name: 'edge',
  title: 'Edge',
  asks: 'Does the edge answer, and behind it the API, its function and the table?',
  async look(subject) {
    try {
      const answer = await subject.unknownAvatar.own();
      return ok('answers for Cameo', [detailOf(answer)]);
    } catch (error) {
      if (error instanceof NotChecked) throw error;
      if (error instanceof NotCameo) {
        const { answer } = error;
        const summary = `answers ${answer.status}, which is not Cameo's answer`;
        return failed(summary, notCameo(subject), [detailOf(answer)]);
      }
      const text = subject.stack
        ? 'Check the DNS of your domain, its certificate and this network. A distribution needs some minutes after a deployment.'
        : 'End the system with Ctrl-C and begin it anew.';
      return failed(`does not answer (${reasonOf(error)})`, { text, command: bringUp(subject) });
    }
  },
};

function detailOf({ url, status, headers, ms }: EdgeAnswer): string {
  return `${url}: ${status}, X-Avatar ${headers.get('x-avatar') ?? 'missing'}, ${Math.round(ms)} ms`;
}

function notCameo(subject: Subject): Advice {
  if (subject.stack) {
    return {
      text: 'Look into the log of serve-photo, and whether the domain leads to this distribution. A 5xx passes when the stores answer again.',
    };
  }
  return {
    text: 'Look at what npm start prints. Another program may have the port: end it, or set PORT.',
    command: bringUp(subject),
  };
}
