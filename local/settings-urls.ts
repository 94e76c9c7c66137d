// The settings that say where local mode sends its requests, and with them a token.

import { isLoopback } from './loopback.ts';

/** Says a mistake unless the value is good. */
export type Check = (good: boolean, mistake: string) => void;

/** A Bot API other than the stand-in. */
export interface TelegramSettings {
  readonly botToken: string;
  readonly apiRoot: string;
}

const TELEGRAM_API_ROOT = 'https://api.telegram.org';

/** The Bot API of the settings; `undefined` without a token. */
export function readTelegram(
  botToken: string | undefined,
  givenRoot: string | undefined,
  check: Check,
): TelegramSettings | undefined {
  check(
    botToken === undefined || /^\d+:[\w-]+$/.test(botToken),
    'TELEGRAM_BOT_TOKEN is not a bot token: give it as BotFather shows it, <digits>:<letters>.',
  );
  check(
    givenRoot === undefined || botToken !== undefined,
    'TELEGRAM_API_ROOT is set without TELEGRAM_BOT_TOKEN: give both, or neither for the stand-in.',
  );
  const apiRoot = givenRoot ?? TELEGRAM_API_ROOT;
  checkApiRoot(apiRoot, check);
  return botToken === undefined ? undefined : { botToken, apiRoot };
}

function checkApiRoot(root: string, check: Check): void {
  const url = httpUrl(root);
  check(
    url !== undefined && !hasCredentials(url) && !url.search && !url.hash && !root.endsWith('/'),
    'TELEGRAM_API_ROOT is not a Bot API root: give an http(s) URL without a slash, query or credentials at its end.',
  );
  // The token is in every URL, for whoever listens on the way.
  check(
    url === undefined || url.protocol === 'https:' || isLoopback(url.hostname),
    'TELEGRAM_API_ROOT would send the bot token over plain http: give an https URL, or one on this machine.',
  );
}

/** The given endpoint of AWS's services. */
export function readAwsEndpoint(endpointUrl: string | undefined, check: Check): string | undefined {
  const url = endpointUrl === undefined ? undefined : httpUrl(endpointUrl);
  // Not repeated in the mistake: what does not parse may hold a password, too.
  check(
    endpointUrl === undefined || (url !== undefined && isBareHttp(url)),
    'AWS_ENDPOINT_URL is not of the form http://host:port, such as http://127.0.0.1:4566.',
  );
  return endpointUrl;
}

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** The edge reads the bucket over plain HTTP at the root, as emulators have it. */
function isBareHttp(url: URL): boolean {
  return url.protocol === 'http:' && url.pathname === '/' && !url.search && !hasCredentials(url);
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}
