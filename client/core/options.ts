// The options as the client takes them: what is left out is filled in, what is wrong is refused at once.

import type { AvatarClientOptions } from './types.ts';

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

const ORIGIN = /^https?:\/\/[^/?#]+$/;
const POLICY = /^(none|(memory-)?disk|memory)$/;

/** Reads the options. Throws a TypeError of one line that names the option, its value and what to give instead. */
export function readOptions(options: AvatarClientOptions): Settings {
  const settings: Settings = { ...DEFAULTS, ...options };
  const { endpoint, scope, getAuthorization, cachePolicy } = settings;
  demand('endpoint', endpoint, ORIGIN.test(endpoint), 'an origin, as https://cdn.example');
  demandScope(scope);
  // Its type alone: by mistake it may be the sign-in itself.
  const given = typeof getAuthorization;
  demand('getAuthorization', given, given === 'function', 'a function');
  for (const name of ['staleTime', 'gcTime', 'maxAge', 'maxEntries', 'maxBytes'] as const) {
    const value: number = settings[name];
    demand(name, value, value >= 0, 'a number from 0');
  }
  const isPolicy = POLICY.test(cachePolicy);
  demand('cachePolicy', cachePolicy, isPolicy, 'none, memory, disk or memory-disk');
  return settings;
}

/** Throws a TypeError unless the scope is a text that tells one user from another. */
export function demandScope(scope: string): void {
  demand('scope', scope, scope && typeof scope === 'string', "the user's id as a string");
}

function demand(name: string, value: unknown, isRight: unknown, fix: string): void {
  if (!isRight) throw new TypeError(`${name} is ${JSON.stringify(value)}: give ${fix}`);
}
