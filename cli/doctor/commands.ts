// Commands that several checks advise.

import type { Advice } from './finding.ts';
import type { Subject } from './subject.ts';

type Which = Pick<Subject, 'stack' | 'region'>;

// What the name of an environment's stack begins with (lib/settings.ts).
const OF_AN_ENVIRONMENT = /^cameo-(?=.)/;

/** What brings up a Cameo as this release has it, the stack of its web ACL included. */
export function bringUp({ stack }: Which): string {
  if (!stack) return 'npm start';
  const isOther = OF_AN_ENVIRONMENT.test(stack);
  const context = isOther ? ` -c environmentName=${stack.replace(OF_AN_ENVIRONMENT, '')}` : '';
  return `npx cdk deploy --all${context}`;
}

/** `npx cameo …` for this Cameo. */
export function cameoCommand(command: string, { stack, region }: Which): string {
  const flags = stack ? ` --stack ${stack}${regionFlag({ region })}` : '';
  return `npx cameo ${command}${flags}`;
}

/** How a secret gets another value, without one that is in a shell's history. */
export function putSecret(why: string, name: string, which: Pick<Subject, 'region'>): Advice {
  return {
    text: `${why} The command reads it from the keyboard: paste it, Enter, Ctrl-D.`,
    command: `aws secretsmanager put-secret-value --secret-id ${name} --secret-string file:///dev/stdin${regionFlag(which)}`,
  };
}

function regionFlag({ region }: Pick<Subject, 'region'>): string {
  return region ? ` --region ${region}` : '';
}
