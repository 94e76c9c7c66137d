// The options as the client takes them: what is left out is filled in, what is wrong is refused at once.

import type { AvatarClientOptions, CachePolicy } from './types.ts';

const MINUTE_MS = 60_000;

/** What holds for an option that is left out; times are in milliseconds. */
export const DEFAULTS = {
  staleTime: 45 * MINUTE_MS,
  gcTime: 30 * MINUTE_MS,
  maxAge: 7 * 24 * 60 * MINUTE_MS,
  maxEntries: 500,
  maxBytes: 20 * 2 ** 20,
  cachePolicy: 'memory-disk',
  live: true,
} as const satisfies Partial<AvatarClientOptions>;

/** Every option, given or filled in. */
export type Settings = Required<AvatarClientOptions>;

const LIMITS = ['staleTime', 'gcTime', 'maxAge', 'maxEntries', 'maxBytes'] as const;

const POLICIES: readonly CachePolicy[] = ['none', 'memory', 'disk', 'memory-disk'];

/** Reads the options. Throws a TypeError of one line that names the option, its value and what to give instead. */
export function readOptions(options: AvatarClientOptions): Settings {
  const settings: Settings = { ...DEFAULTS, ...options };
  const { endpoint, getAuthorization, cachePolicy } = settings;
  demand(isOrigin(endpoint), 'endpoint', endpoint, 'scheme and host, such as https://cdn.example');
  demandScope(settings.scope);
  // Only its type is told: by mistake it may be the sign-in itself.
  const given = typeof getAuthorization;
  demand(given === 'function', 'getAuthorization', given, 'a function');
  for (const name of LIMITS) {
    demand((settings[name] as number) >= 0, name, settings[name], 'a number, 0 or more');
  }
  demand(POLICIES.includes(cachePolicy), 'cachePolicy', cachePolicy, POLICIES.join(', '));
  return settings;
}

/** Throws a TypeError unless the scope is a text that tells one user from another. */
export function demandScope(scope: unknown): void {
  demand(typeof scope === 'string' && scope, 'scope', scope, "the signed-in user's id as a string");
}

function demand(isRight: unknown, name: string, value: unknown, fix: string): void {
  if (!isRight) throw new TypeError(`${name} is ${JSON.stringify(value)}: give ${fix}`);
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
