// What an operator may set in cdk.json's context or with `cdk deploy -c name=value`; all of it is optional.

import { CHOICES, NUMBERS, type NumberRule, RULES, TEXTS, type TextRule } from './setting-rules.ts';

/** The operator's choices that are numbers. */
export type NumberSettings = { readonly [Name in keyof typeof NUMBERS]: number };

/** The operator's choices among a few values. */
export type ChoiceSettings = {
  readonly [Name in keyof typeof CHOICES]: (typeof CHOICES)[Name]['values'][number];
};

/** The operator's choices. What each means, and where nothing is set, is in lib/setting-rules.ts. */
export interface Settings extends NumberSettings, ChoiceSettings {
  /** `cameo`, or `cameo-` and the name of the environment. */
  readonly stackName: string;
  readonly botTokenSecretName: string;
  /** Where the Bot API is, without a slash at the end: Telegram's own or a self-hosted server. */
  readonly telegramApiRoot: string;
  readonly botId?: string;
  /** Origins, or `*` alone. */
  readonly allowedOrigins: readonly string[];
  /** Whom the alarms tell; without it, nobody. */
  readonly notify?: Notify;
  /** Where the operator reads docs/runbook.md; the dashboard links to it. */
  readonly runbookUrl?: string;
  /** A domain of the operator's own; without one, avatars live at CloudFront's. */
  readonly domain?: Domain;
}

/** Whom the alarms tell: an address, by a topic of the stack's, or a topic of the operator's. */
export type Notify = { readonly email: string } | { readonly topicArn: string };

/** A domain and the certificate for it, which CloudFront wants in us-east-1. */
export interface Domain {
  readonly name: string;
  readonly certificateArn: string;
}

/**
 * Settings that cannot work; `message` has one line per mistake: the setting and what to put there.
 * The wrong value is not repeated, since it may be the bot token itself.
 */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';
}

/** The CDK's own names have colons, hyphens and slashes. */
const OWN_NAME = /^\w+$/;

type Mistake = (line: string) => void;
type Context = (name: string) => unknown;

/**
 * Reads and checks every setting; throws InvalidSettings. `given` are the names of all that is in the context: a
 * name that is nobody's is a slip of the pen, and what was meant by it would be left out without a word.
 */
export function readSettings(context: Context, given: readonly string[] = []): Settings {
  const mistakes = given
    .filter((name) => OWN_NAME.test(name) && !(name in RULES))
    .map((name) => `${name}: no such setting; the README has a table of all`);
  const mistake: Mistake = (line) => void mistakes.push(line);
  const texts = readTexts(context, mistake);
  const numbers = readNumbers(context, mistake);
  const choices = readChoices(context, mistake);
  if (mistakes.length === 0 && Boolean(texts.domainName) !== Boolean(texts.certificateArn)) {
    mistakes.push('domainName, certificateArn: set both or neither; one needs the other');
  }
  const told = texts.alarmEmail || texts.alarmTopicArn;
  if (texts.alarmEmail && texts.alarmTopicArn) {
    mistakes.push('alarmEmail, alarmTopicArn: set one of them; a topic can send e-mail, too');
  }
  if (mistakes.length === 0 && numbers.monthlyBudgetUsd > 0 && !told) {
    mistakes.push('monthlyBudgetUsd: set alarmEmail or alarmTopicArn, too, or nobody is told');
  }
  if (mistakes.length > 0) throw new InvalidSettings(mistakes.join('\n'));
  return { ...settled(texts), ...numbers, ...choices };
}

function settled(texts: Record<keyof typeof TEXTS, string>) {
  const { environmentName, botTokenSecretName, botId, domainName, certificateArn } = texts;
  const notify = notifyOf(texts.alarmEmail, texts.alarmTopicArn);
  const stackName = environmentName ? `cameo-${environmentName}` : 'cameo';
  return {
    stackName,
    botTokenSecretName: botTokenSecretName || `${stackName}/bot-token`,
    telegramApiRoot: texts.telegramApiRoot,
    allowedOrigins: [...new Set(texts.allowedOrigins.split(/ *, */))],
    ...(botId && { botId }),
    ...(notify && { notify }),
    ...(texts.runbookUrl && { runbookUrl: texts.runbookUrl }),
    ...(domainName && { domain: { name: domainName, certificateArn } }),
  };
}

function notifyOf(email: string, topicArn: string): Notify | undefined {
  if (topicArn) return { topicArn };
  return email ? { email } : undefined;
}

function readTexts(context: Context, mistake: Mistake): Record<keyof typeof TEXTS, string> {
  const values = {} as Record<keyof typeof TEXTS, string>;
  for (const [name, rule] of Object.entries(TEXTS) as [keyof typeof TEXTS, TextRule][]) {
    const value = asWritten(context(name) ?? rule.byDefault);
    if (value !== undefined && rule.valid.test(value)) values[name] = value;
    else mistake(`${name}: set ${rule.expected}`);
  }
  return values;
}

function readNumbers(context: Context, mistake: Mistake): NumberSettings {
  const values = {} as Record<keyof NumberSettings, number>;
  for (const [name, rule] of Object.entries(NUMBERS) as [keyof NumberSettings, NumberRule][]) {
    const { byDefault, least, most, orZero } = rule;
    const value = asWritten(context(name) ?? byDefault);
    const number = value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    const fits = (number >= least && number <= most) || (orZero && number === 0);
    if (fits) values[name] = number;
    else {
      mistake(`${name}: set ${orZero ? '0, or ' : ''}a whole number from ${least} to ${most}`);
    }
  }
  return values;
}

function readChoices(context: Context, mistake: Mistake): ChoiceSettings {
  const values: Record<string, unknown> = {};
  for (const [name, { byDefault, values: allowed }] of Object.entries(CHOICES)) {
    const value = asWritten(context(name) ?? byDefault);
    values[name] = allowed.find((one) => String(one) === value);
    if (values[name] === undefined) mistake(`${name}: set one of ${allowed.join(', ')}`);
  }
  return values as ChoiceSettings;
}

/** `-c` gives text alone, cdk.json may give numbers and truths as well. */
function asWritten(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}
