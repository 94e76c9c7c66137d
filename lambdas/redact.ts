// The last line of defence for what is written where people read: texts that look like a secret go, wherever
// they came from. The first is that nobody who has a secret puts it into an error.

const REDACTED = '[redacted]';

// A colon as it is, or percent-encoded, or that once more.
const COLON = '(?::|%(?:25)*3A)';

// `arn:aws:sqs:eu-central-1:123456789012:<queue>` has a token's shape, and is none.
const NOT_IN_ARN = '(?<!\\barn:[\\w-]{0,30}:[\\w-]{0,30}:[\\w-]{0,30}:\\d{0,20})';

const SECRETS: readonly (readonly [RegExp, string])[] = [
  // A bot token: the bot's id, a colon and 35 characters (Bot API, "Authorizing your bot").
  [new RegExp(`${NOT_IN_ARN}\\d{5,20}${COLON}[\\w-]{20,}`, 'gi'), REDACTED],
  // Whatever stands in its place in an address of the Bot API.
  [new RegExp(`bot\\d{1,20}${COLON}[^\\s/"'?#]+`, 'gi'), `bot${REDACTED}`],
  // What follows a scheme of the Authorization header, or two of them by mistake.
  [/((?:\b(?:Bearer|tma)(?:\s|\+|%20)+)+)[^\s"]+/gi, `$1${REDACTED}`],
  // What Telegram signed, without its scheme: useless without the signature.
  [/\b(hash|signature)=[\w%-]{40,}/gi, `$1=${REDACTED}`],
];

/** The text with `[redacted]` in place of what looks like a bot token or a sign-in, and of what follows `Bearer`. */
export function redacted(text: string): string {
  return SECRETS.reduce((kept, [secret, instead]) => kept.replace(secret, instead), text);
}
