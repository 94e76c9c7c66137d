// What an operator may set in cdk.json's context or with `cdk deploy -c name=value`; all of it is optional.

import { defaults, ranges } from '../core/operator-settings.ts';

/** The operator's choices. */
export interface Settings {
  /** Name of the Secrets Manager secret that holds the bot token as plain text. */
  readonly botTokenSecretName: string;
  /** Where the Bot API is, without a slash at the end: Telegram's own or a self-hosted server. */
  readonly telegramApiRoot: string;
  /** The digits before the token's colon; without them nobody signs in by Mini App. */
  readonly botId?: string;
  /** How old a Mini App's sign-in may be. */
  readonly initDataMaxAgeSeconds: number;
  /** How many of the newest partners the schedule keeps warm; 0 for none. */
  readonly warmPartners: number;
  readonly photoRetentionDays: number;
  readonly tombstoneDays: number;
  /** A domain of the operator's own; without one, avatars live at CloudFront's. */
  readonly domain?: Domain;
}

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

interface TextRule {
  readonly byDefault: string;
  readonly valid: RegExp;
  readonly expected: string;
}

const TEXTS = {
  botTokenSecretName: {
    byDefault: 'cameo/bot-token',
    // What Secrets Manager takes as a name (CreateSecret); a token and an ARN have a colon.
    valid: /^[A-Za-z0-9/_+=.@-]{1,512}$/,
    expected: 'the name of the secret (not its ARN, not the token itself), such as cameo/bot-token',
  },
  telegramApiRoot: {
    byDefault: 'https://api.telegram.org',
    valid: /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[^\s?#]*[^\s?#/])?$/,
    expected: 'a URL without a slash at the end, such as https://api.telegram.org',
  },
  botId: {
    byDefault: '',
    // Ids have 52 significant bits at most (Bot API, User).
    valid: /^([1-9]\d{0,15})?$/,
    expected: 'the digits before the colon of the bot token, and nothing of what is behind it',
  },
  domainName: {
    byDefault: '',
    valid: /^(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})?$/,
    expected: 'a host name, such as avatars.example.com',
  },
  certificateArn: {
    byDefault: '',
    valid: /^(arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[a-z0-9-]+)?$/,
    expected: 'the ARN of an ACM certificate in us-east-1, the only region that CloudFront reads',
  },
} as const satisfies Record<string, TextRule>;

type Mistake = (line: string) => void;
type Context = (name: string) => unknown;

/** Reads and checks every setting; throws InvalidSettings. */
export function readSettings(context: Context): Settings {
  const mistakes: string[] = [];
  const mistake: Mistake = (line) => void mistakes.push(line);
  const { botId, domainName, certificateArn, ...texts } = readTexts(context, mistake);
  const numbers = readNumbers(context, mistake);
  if (mistakes.length === 0 && Boolean(domainName) !== Boolean(certificateArn)) {
    mistakes.push('domainName, certificateArn: set both or neither; one needs the other');
  }
  if (mistakes.length > 0) throw new InvalidSettings(mistakes.join('\n'));
  return {
    ...texts,
    ...numbers,
    ...(botId && { botId }),
    ...(domainName && { domain: { name: domainName, certificateArn } }),
  };
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

function readNumbers(context: Context, mistake: Mistake): Record<keyof typeof ranges, number> {
  const values = {} as Record<keyof typeof ranges, number>;
  for (const name of Object.keys(ranges) as (keyof typeof ranges)[]) {
    const { least, most } = ranges[name];
    const value = asWritten(context(name) ?? defaults[name]);
    const number = value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) values[name] = number;
    else mistake(`${name}: set a whole number from ${least} to ${most}`);
  }
  return values;
}

/** `-c` gives text alone, cdk.json may give numbers as well. */
function asWritten(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}
