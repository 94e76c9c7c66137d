// Every setting of the stack: what it is where nothing is set, what it may be, and what it means. lib/settings.ts
// reads by these rules; cdk.json has their defaults, the README their table, and tests compare the three.

import { defaults, ranges } from '../core/operator-settings.ts';
import { alwaysFree, prices } from './prices.ts';

/** A setting that is a text, '' where it has no default. */
export interface TextRule {
  readonly byDefault: string;
  readonly valid: RegExp;
  /** What to put there, after "set". */
  readonly expected: string;
  readonly meaning: string;
}

/** A setting that is a whole number, or 0 where that means none. */
export interface NumberRule {
  readonly byDefault: number;
  readonly least: number;
  readonly most: number;
  readonly orZero?: boolean;
  readonly meaning: string;
}

/** A setting that is one of a few values. */
export interface ChoiceRule {
  readonly byDefault: string | number | boolean;
  readonly values: readonly (string | number | boolean)[];
  readonly meaning: string;
}

const HOST = String.raw`([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?`;
const ORIGIN = String.raw`https?:\/\/${HOST}(:\d{1,5})?`;

/** The texts. */
export const TEXTS = {
  environmentName: {
    byDefault: '',
    // The longest name that is made of it, CloudFront's origin access control, has 64 characters at most. `waf`
    // at the end would be the name of another environment's second stack, `github` that of lib/github-deployer.ts.
    valid: /^(?!(.*-)?waf$)(?!github$)([a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?)?$/,
    expected:
      'up to 20 lower-case letters, digits and hyphens, such as staging; not github, and none that ends in waf',
    meaning:
      'one of several stacks in one account: `staging` makes the stack `cameo-staging`; without it the stack is `cameo`',
  },
  botTokenSecretName: {
    byDefault: '',
    // What Secrets Manager takes as a name (CreateSecret); a token and an ARN have a colon.
    valid: /^[A-Za-z0-9/_+=.@-]{0,512}$/,
    expected: 'the name of the secret (not its ARN, not the token itself), such as cameo/bot-token',
    meaning:
      'the secret that holds the bot token as plain text; without it `cameo/bot-token`, or `cameo-staging/bot-token` for the environment `staging`',
  },
  botId: {
    byDefault: '',
    // Ids have 52 significant bits at most (Bot API, User).
    valid: /^([1-9]\d{0,15})?$/,
    expected: 'the digits before the colon of the bot token, and nothing of what is behind it',
    meaning:
      "your bot's own id, the digits before the colon of its token; without it nobody signs in by Mini App",
  },
  telegramApiRoot: {
    byDefault: 'https://api.telegram.org',
    valid: /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[^\s?#]*[^\s?#/])?$/,
    expected: 'a URL without a slash at the end, such as https://api.telegram.org',
    meaning: 'another Bot API server; not one in `--local` mode',
  },
  domainName: {
    byDefault: '',
    // The last part has digits where it is the ASCII form of another script, as in xn--p1ai.
    valid: /^(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,}|xn--[a-z0-9-]*[a-z0-9]))?$/,
    expected: 'a host name, such as avatars.example.com',
    meaning: 'a domain of your own; point its DNS at the distribution',
  },
  certificateArn: {
    byDefault: '',
    valid: /^(arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[a-z0-9-]+)?$/,
    expected: 'the ARN of an ACM certificate in us-east-1, the only region that CloudFront reads',
    meaning: 'the ACM certificate of that domain, in us-east-1',
  },
  allowedOrigins: {
    byDefault: '*',
    valid: new RegExp(`^(\\*|${ORIGIN}( *, *${ORIGIN}){0,19})$`),
    expected:
      '* or up to 20 origins with commas between them, such as https://app.example.com, without a slash at the end',
    meaning:
      'whose pages may read the API and the pictures by script and time them: `*` for all, or origins with commas between them; showing a picture needs no leave',
  },
  alarmEmail: {
    byDefault: '',
    valid: /^([^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+)?$/,
    expected: 'one e-mail address, such as ops@example.com',
    meaning: 'whom alarms tell: an address, which has to confirm a mail of AWS first',
  },
  alarmTopicArn: {
    byDefault: '',
    valid: /^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256})?$/,
    expected: 'the ARN of an SNS topic in the region of the stack; alarms go to no other',
    meaning: 'whom alarms tell instead: an SNS topic of yours, in the region of the stack',
  },
  runbookUrl: {
    byDefault: '',
    // It stands in a link of Markdown, and gets an anchor.
    valid: /^(https:\/\/[^\s#()]+)?$/,
    expected: 'the https:// address of your copy of docs/runbook.md, without an anchor',
    meaning: 'where your copy of docs/runbook.md can be read; the dashboard links to it',
  },
} as const satisfies Record<string, TextRule>;

/** What the rate rule costs before any request: the web ACL and its rule. */
export const WAF_MONTH = prices.wafWebAclMonth + prices.wafRuleMonth;

const shared = (name: keyof typeof defaults) => ({ byDefault: defaults[name], ...ranges[name] });

/** The numbers; those that one machine has as well are declared in core. */
export const NUMBERS = {
  initDataMaxAgeSeconds: {
    ...shared('initDataMaxAgeSeconds'),
    meaning: "how old a Mini App's sign-in may be: 60 to 86400",
  },
  warmPartners: {
    ...shared('warmPartners'),
    meaning: 'how many of the newest partners are kept warm: 0 (none) to 100',
  },
  warmEveryMinutes: {
    ...shared('warmEveryMinutes'),
    meaning: 'how often they are looked after: every 1 to 360 minutes',
  },
  refreshHours: {
    ...shared('refreshHours'),
    meaning:
      'the refresh age: after how many hours Telegram is asked again whether a photo is still the same, ± 10 %: 1 to 720',
  },
  photoRetentionDays: {
    ...shared('photoRetentionDays'),
    meaning:
      'after how many days the bucket drops a photo; one that is still asked for comes back by itself: 1 to 3650',
  },
  tombstoneDays: {
    ...shared('tombstoneDays'),
    meaning:
      "how long an erased partner's tombstone and receipt are kept: 15 at least, since a message may wait for 14",
  },
  wafRequestsPer5Minutes: {
    byDefault: 0,
    // AWS WAF, RateBasedStatement: 10 is the lowest limit that it takes.
    least: 10,
    most: 100_000_000,
    orZero: true,
    meaning: `requests that one IP address may make in five minutes before AWS WAF answers 429: 10 or more; 0 for no WAF. It costs $${WAF_MONTH} a month and $${prices.wafRequestsPerMillion.toFixed(2)} per million requests, and is a stack of its own: deploy with \`--all\``,
  },
  monthlyBudgetUsd: {
    byDefault: 0,
    least: 1,
    most: 1_000_000,
    orZero: true,
    meaning:
      'tell the same when the month of the whole account is expected to cost more than so many dollars, and when it has; 0 for no budget',
  },
} as const satisfies Record<string, NumberRule>;

/** The choices. */
export const CHOICES = {
  priceClass: {
    byDefault: 'all',
    values: ['100', '200', 'all'],
    meaning:
      "CloudFront's price class: `100` is North America, Europe and Israel, `200` leaves out South America and Oceania, `all` is everywhere",
  },
  logRetentionDays: {
    byDefault: 30,
    // What CloudWatch Logs takes (PutRetentionPolicy).
    values: [
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
      3288, 3653,
    ],
    meaning:
      'how long all logs are kept; CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90 and some more',
  },
  removalPolicy: {
    byDefault: 'retain',
    values: ['retain', 'destroy'],
    meaning:
      '`retain` keeps the table, the bucket and the URL key when the stack is deleted; `destroy` leaves nothing behind, photos and partners included',
  },
  tracing: {
    byDefault: false,
    values: [false, true],
    meaning: `AWS X-Ray's active tracing of all functions: $${prices.xrayTracesPerMillion} per million traces beyond the first ${alwaysFree.xrayTraces.toLocaleString('en')} a month`,
  },
  demoPage: {
    byDefault: false,
    values: [false, true],
    meaning:
      "whether the browser client's demo page is at `/`: a Mini App of the newest partners, for whoever signs in",
  },
  edgeMetrics: {
    byDefault: true,
    values: [true, false],
    meaning: `CloudFront's additional metrics, of which the dashboard has its hit rate: about $${prices.cloudFrontAdditionalMetricsMonth.toFixed(2)} a month`,
  },
} as const satisfies Record<string, ChoiceRule>;

/** The rules by name. */
export const RULES: Readonly<Record<string, TextRule | NumberRule | ChoiceRule>> = {
  ...TEXTS,
  ...NUMBERS,
  ...CHOICES,
};
