// What an operator may set in cdk.json's context or with `cdk deploy -c name=value`; all of it is optional.

/** The operator's choices. */
export interface Settings {
  /** Name of the Secrets Manager secret that holds the bot token as plain text. */
  readonly botTokenSecretName: string;
  /** Where the Bot API is, without a slash at the end: Telegram's own or a self-hosted server. */
  readonly telegramApiRoot: string;
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

interface Rule {
  readonly byDefault: string;
  readonly valid: RegExp;
  readonly expected: string;
}

const RULES = {
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
} as const satisfies Record<string, Rule>;

type SettingName = keyof typeof RULES;

/** Reads and checks every setting; throws InvalidSettings. */
export function readSettings(context: (name: string) => unknown): Settings {
  const values = {} as Record<SettingName, string>;
  const mistakes: string[] = [];
  for (const [name, rule] of Object.entries(RULES) as [SettingName, Rule][]) {
    const value: unknown = context(name) ?? rule.byDefault;
    if (typeof value === 'string' && rule.valid.test(value)) values[name] = value;
    else mistakes.push(`${name}: set ${rule.expected}`);
  }
  const { domainName, certificateArn, ...plain } = values;
  if (mistakes.length === 0 && Boolean(domainName) !== Boolean(certificateArn)) {
    mistakes.push('domainName, certificateArn: set both or neither; one needs the other');
  }
  if (mistakes.length > 0) throw new InvalidSettings(mistakes.join('\n'));
  return domainName ? { ...plain, domain: { name: domainName, certificateArn } } : plain;
}
