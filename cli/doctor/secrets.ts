// The three secrets: there, readable and of the right form. Their values stay in this file.

import { secretOf } from '../../adapters/secret.ts';
import { isBotToken } from '../../adapters/telegram.ts';
import type { OutputName } from '../../core/outputs.ts';
import { SERVICE_KEYS_EXPECTED, serviceKeysIn } from '../../core/service-keys.ts';
import { type Check, reasonOf } from './check.ts';
import { bringUp, putSecret } from './commands.ts';
import { type Advice, failed, ok } from './finding.ts';
import type { Subject } from './subject.ts';

interface SecretRule {
  readonly what: string;
  readonly output: OutputName;
  readonly isGood: (value: string) => boolean;
  readonly expected: string;
  /** The environment variable of `npm start` that has it. */
  readonly variable: string;
}

const RULES: readonly SecretRule[] = [
  {
    what: 'bot token',
    output: 'BotTokenSecretName',
    isGood: isBotToken,
    expected: 'the token as BotFather shows it, <digits>:<letters>, as plain text',
    variable: 'TELEGRAM_BOT_TOKEN',
  },
  {
    what: 'service key',
    output: 'ServiceKeySecretName',
    isGood: (value) => serviceKeysIn(value) !== undefined,
    expected: SERVICE_KEYS_EXPECTED,
    variable: 'CAMEO_SERVICE_KEY',
  },
  {
    what: 'URL key',
    output: 'UrlKeySecretName',
    isGood: (value) => !/\s/.test(value),
    expected: 'the key that it always held, without a blank: another one means other URLs',
    variable: 'CAMEO_URL_KEY',
  },
];

/** The bot token, the service key and the URL key. */
export const secrets: Check = {
  name: 'secrets',
  title: 'Secrets',
  asks: 'Are the bot token, the service key and the URL key there, readable and of the right form?',
  async look(subject) {
    const { clients, outputs } = await subject.cameo.get();
    const troubles = await Promise.all(
      RULES.map(async (rule) => ({
        rule,
        name: outputs[rule.output],
        trouble: await troubleOf(
          () => secretOf(clients.secretsManager, outputs[rule.output]).read(),
          rule,
        ),
      })),
    );
    const details = troubles.map(
      ({ rule, name, trouble }) => `${rule.what}: ${name}, ${trouble ?? 'good'}`,
    );
    const bad = troubles.find(({ trouble }) => trouble);
    if (!bad) return ok('bot token, service key and URL key are readable', details);
    return failed(
      `the ${bad.rule.what} ${bad.trouble}`,
      adviceFor(bad.rule, bad.name, subject),
      details,
    );
  },
};

async function troubleOf(
  read: () => Promise<string>,
  { isGood }: SecretRule,
): Promise<string | undefined> {
  try {
    return isGood(await read()) ? undefined : 'has not the form of one';
  } catch (error) {
    const reason = reasonOf(error);
    // The adapter's own error, of a secret without a value.
    return reason === 'Error' ? 'is empty' : `cannot be read (${reason})`;
  }
}

function adviceFor({ expected, variable }: SecretRule, name: string, subject: Subject): Advice {
  if (subject.stack) return putSecret(`Put in ${expected}.`, name, subject);
  return { text: `Give ${expected}: in ${variable}, and begin anew.`, command: bringUp(subject) };
}
