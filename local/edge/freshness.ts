// How long an answer may be given to whom, by RFC 9111 for a shared cache and RFC 5861 for stale ones.
// Read once, when an answer is stored; a hit compares numbers. http-cache-semantics is the test's oracle.
import { type Headers, type HttpAnswer, headerText } from './message.ts';

/** How long a stored answer may be used, in milliseconds: fresh first, then stale beyond that. */
export interface Lifetime {
  readonly freshMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
}

type Directives = ReadonlyMap<string, string>;

// 206 is a part and 304 is about an answer that is already there: neither stands for the resource.
const NEVER_STORED = new Set([206, 304]);

/** The lifetime of an answer that came now, or undefined if a shared cache must not store it. */
export function lifetimeOf(answer: HttpAnswer, nowMs: number): Lifetime | undefined {
  const { status, headers } = answer;
  const directives = readDirectives(headerText(headers, 'cache-control') ?? '');
  if (status < 200 || NEVER_STORED.has(status)) return;
  if (directives.has('no-store') || directives.has('private')) return;
  if (headerText(headers, 'vary')?.includes('*')) return;
  // RFC 9111 would store it; handing one viewer's cookie to all the others is never what was meant.
  if (headers['set-cookie'] !== undefined && !directives.has('public')) return;

  const lifetimeMs = explicitLifetimeMs(directives, headers, nowMs);
  if (lifetimeMs === undefined) return;
  if (directives.has('no-cache')) return onlyAfterAsking;
  const freshMs = Math.max(0, lifetimeMs - ageMs(headers));
  return { freshMs, ...staleLifetimes(directives) };
}

/** The answer's age on arrival, in milliseconds. */
export function ageMs(headers: Headers): number {
  return (seconds(headerText(headers, 'age')) ?? 0) * 1000;
}

const onlyAfterAsking: Lifetime = { freshMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };

function staleLifetimes(directives: Directives) {
  const forbidden = directives.has('must-revalidate') || directives.has('proxy-revalidate');
  const stale = (name: string) => (forbidden ? 0 : (seconds(directives.get(name)) ?? 0) * 1000);
  return {
    staleWhileRevalidateMs: stale('stale-while-revalidate'),
    staleIfErrorMs: stale('stale-if-error'),
  };
}

/** Undefined where the answer says nothing: like a CloudFront policy with a default TTL of 0, no guess. */
function explicitLifetimeMs(directives: Directives, headers: Headers, nowMs: number) {
  const named = directives.get('s-maxage') ?? directives.get('max-age');
  // A directive that is there and does not parse is stale rather than guessed (RFC 9111, 4.2.1).
  if (named !== undefined) return (seconds(named) ?? 0) * 1000;
  const expires = headerText(headers, 'expires');
  if (expires === undefined) return;
  const fromMs = httpDateMs(headerText(headers, 'date') ?? '') ?? nowMs;
  // "0" and the like are dates in the past (RFC 9111, 5.3), not the year 2000 that Date reads in them.
  return Math.max(0, (httpDateMs(expires) ?? fromMs) - fromMs);
}

function httpDateMs(text: string): number | undefined {
  const dateMs = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : dateMs;
}

function readDirectives(cacheControl: string): Directives {
  const directives = new Map<string, string>();
  for (const [, name = '', quoted, plain] of cacheControl.matchAll(DIRECTIVE)) {
    const key = name.toLowerCase();
    // Of a repeated directive the first counts (RFC 9111, 4.2.1).
    if (!directives.has(key)) directives.set(key, quoted ?? plain ?? '');
  }
  return directives;
}

// Each alternative begins with a different character, so no input makes it go back and forth.
const DIRECTIVE = /([^\s,="]+)(?:=(?:"([^"]*)"|([^\s,"]*)))?/g;

function seconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
