// Events as nobody should send them, for every route: each part is right more often than not, so that what is
// wrong gets past the checks before it, the sign-in first of all.

import { gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import files from '../../client/dist/files.json' with { type: 'json' };
import { routes } from '../../core/topology.ts';
import type { HttpEvent } from '../../lambdas/http-handler.ts';
import { SERVICE_KEY } from '../lambdas/deployed.ts';

type Route = (typeof routes)[number];

/** An event, and the function that gets it. */
export interface HostileEvent {
  readonly name: Route['function'];
  readonly event: HttpEvent;
}

/** Texts that some reader somewhere takes for more than a text. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '..',
  '../../etc/passwd',
  '//evil.example',
  'https://evil.example/',
  '%00',
  '%',
  '\u0000',
  'a\r\nset-cookie: b=c',
  '\u2028',
  '\ud800',
  '\udc00A',
  '\uffff',
  '\u202ecod.exe',
  '👩‍👩‍👧',
  '__proto__',
  'constructor',
  '<script>alert(1)</script>',
  ']]>',
  '&#x41;',
  '{{7*7}}',
  "' OR 1=1 --",
  '-1',
  '1e3',
  '٣',
  '0x40',
  '64,150',
  'NaN',
  '9'.repeat(400),
  'x'.repeat(10_000),
  '(((((((((((((((((((((',
  'null',
  '*',
];

/** Any text, the worst known first. */
const hostileText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'binary' }),
  fc.string(),
);

/** Mostly what is right. */
function mostly<T>(right: Arbitrary<T>, ...wrong: Arbitrary<T>[]): Arbitrary<T> {
  return fc.oneof({ arbitrary: right, weight: 4 * wrong.length }, ...wrong);
}

/** Some of the fields, or no record at all, as API Gateway leaves out what has no entry. */
function someOf(fields: Record<string, Arbitrary<string>>) {
  return fc.option(fc.record(fields, { requiredKeys: [] }), { nil: undefined, freq: 8 });
}

const right = (...values: string[]) => mostly(fc.constantFrom(...values), hostileText);

/** Whoever is known by these ids, and what is stored under these names, is the test's to say. */
export interface Known {
  readonly avatarId: string;
  readonly photoId: string;
  readonly erasureId: string;
  /** Raw initData of a user who may join and go. */
  signIn(): string;
}

function fileNames(routeKey: string): string[] {
  if (routeKey.includes('placeholders')) {
    return ['A.svg', '_.svg', '\ud83d.svg', '\uffff.svg', '<&.svg'];
  }
  if (routeKey.includes('/demo/')) return Object.keys(files.demo);
  if (!routeKey.includes('/client/')) return ['150.webp', '512.webp'];
  return Object.entries(files.client).flatMap(([name, { hashed }]) => [name, hashed]);
}

function pathParametersOf(routeKey: string, known: Known) {
  const values: Record<string, Arbitrary<string>> = {
    avatarId: right(known.avatarId),
    photoId: right(known.photoId),
    file: right(...fileNames(routeKey)),
    colour: right('0', '6'),
    // Whoever was erased is not registered by a list (410).
    userId: routeKey.startsWith('PUT') ? right('45', '46') : right('47'),
    erasureId: right(known.erasureId),
  };
  const names = [...routeKey.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.length === 0) return fc.constantFrom(undefined, { avatarId: known.avatarId });
  const named = names.map((name) => [name, values[name] ?? hostileText] as const);
  const whole = fc.record(Object.fromEntries(named));
  return mostly<Partial<Record<string, string>> | undefined>(
    whole,
    someOf(Object.fromEntries(named)),
  );
}

const rightQuery = {
  size: right('64', '512'),
  d: right('404'),
  limit: right('1', '50'),
  inline: right('64'),
  warm: right('1'),
};

const query = mostly(
  someOf({ ...rightQuery, x: hostileText }),
  someOf({
    ...rightQuery,
    // One that is right would have the test wait.
    wait: fc.constantFrom('0', '6', '5.0', ' 1', '', '٣', '-1', '1,2', '1'.repeat(1_000)),
    ['__proto__']: hostileText,
  }),
);

const headers = someOf({
  'if-none-match': right('*', '"AQADa-150"', 'W/"x", "y"'),
  'content-type': right('application/json', 'application/json; charset=utf-16', 'text/html'),
  'content-encoding': fc.constantFrom('gzip', 'br', 'x'),
  'content-length': right('0', '99999999999'),
  'cameo-origin': right('https://cdn.example'),
  'x-forwarded-for': hostileText,
  host: hostileText,
  'x-http-method-override': fc.constantFrom('DELETE', 'x'),
  ['__proto__']: hostileText,
  constructor: hostileText,
  'x\r\ny': hostileText,
  'ünï cødé': hostileText,
  'x-giant': fc.constant('x'.repeat(100_000)),
});

function authorization(routeKey: string, known: Known): Arbitrary<string | undefined> {
  const bearer = fc.constant(`Bearer ${SERVICE_KEY}`);
  const tma = fc.constant('tma ').map((scheme) => scheme + known.signIn());
  const wrong = fc.oneof(
    hostileText,
    hostileText.map((text) => `tma ${text}`),
    hostileText.map((text) => `Bearer ${text}`),
    // As API Gateway joins two headers of one name.
    fc.constant(`Bearer ${SERVICE_KEY},Bearer ${SERVICE_KEY}`),
    fc.constant(undefined),
  );
  const [first, second] = routeKey.endsWith('/me') ? [tma, bearer] : [bearer, tma];
  return fc.oneof({ arbitrary: first, weight: 4 }, second, wrong);
}

/** A profile as a registration has it, of fields that are right more often than not. */
const profile = fc.record(
  {
    firstName: right('Ada', 'Юрий', '<script>', '\u0d4e/'),
    lastName: right('Lovelace', ''),
    username: right('ada'),
    photoFileId: right('AgACAgIAAxkBAAM'),
  },
  { requiredKeys: ['firstName'] },
);

const nested = (open: string, close: string) =>
  fc.integer({ min: 1, max: 1_500 }).map((n) => open.repeat(n) + close.repeat(n));

/** Texts of JSON, or nearly. */
const json: Arbitrary<string> = fc.oneof(
  profile.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.record({ ids: fc.array(hostileText, { maxLength: 110 }) }).map((it) => JSON.stringify(it)),
  nested('[', ']'),
  nested('{"a":', '1}'),
  nested('{"firstName":{"a":', '}}'),
  fc.constantFrom(
    '{"__proto__": {"firstName": "Ada"}, "firstName": "Ada"}',
    '{"__proto__": null}',
    '{"constructor": {"prototype": {"firstName": "Ada"}}}',
    '{"firstName": "Ada", "firstName": 7}',
    '{"firstName": 1e999}',
    `{"ids": [${'9'.repeat(4_000)}]}`,
    '{"ids": {"length": 1}}',
    '{"firstName": "\\ud800"}',
    '{"firstName": "\\u0000"}',
    '{"firstName": "Ada"',
    `{"firstName": "${'x'.repeat(5_000)}"}`,
  ),
  hostileText,
);

/** Bodies that a registration may come with. */
export const registrations: Arbitrary<string> = mostly(
  fc.constantFrom('{}', '{"firstName": "Ada"}', '{"firstName": "Юрий", "lastName": ""}'),
  profile.map((value) => JSON.stringify(value)),
  json,
);

const rightBodies: Readonly<Record<string, Arbitrary<string>>> = {
  'PUT /api/partner/{userId}': registrations,
  'POST /api/partner/resolve': fc
    .array(fc.constantFrom('42', '45', 'a'.repeat(26)), { minLength: 1 })
    .map((ids) => JSON.stringify({ ids })),
};

/** A text as the bytes that a sender may make of it. */
const encodings: ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text, 'latin1'),
  (text) => gzipSync(text),
  (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xc3, 0x28, 0xff, 0])]),
  (text) => Buffer.from(text.replaceAll('A', '\0')),
];

interface Body {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

function bodyOf(routeKey: string): Arbitrary<Body> {
  const text = mostly(rightBodies[routeKey] ?? json, json);
  const plain = text.map((body): Body => ({ body, isBase64Encoded: false }));
  const whole = text.map(
    (body): Body => ({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
  );
  const bytes = fc
    .tuple(text, fc.constantFrom(...encodings))
    .map(
      ([body, encode]): Body => ({ body: encode(body).toString('base64'), isBase64Encoded: true }),
    );
  const broken = text.map((body): Body => ({ body, isBase64Encoded: true }));
  const binary = fc
    .uint8Array({ maxLength: 6_000 })
    .map((it): Body => ({ body: Buffer.from(it).toString('base64'), isBase64Encoded: true }));
  const none = fc.constant<Body>({ isBase64Encoded: false });
  return mostly(fc.oneof(plain, whole), bytes, broken, binary, none);
}

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', '<b>'];

/** What the event says beside its parts; API Gateway leaves out what a request has not. */
const rest = fc.record(
  { rawQueryString: hostileText, cookies: fc.array(hostileText), stageVariables: fc.constant({}) },
  { requiredKeys: [] },
);

function eventOf(route: Route, known: Known): Arbitrary<HostileEvent> {
  const [method = '', declaredPath] = route.key.split(' ');
  return fc
    .record({
      method: declaredPath ? fc.constant(method) : fc.constantFrom(...METHODS),
      path: mostly(fc.constant(declaredPath ?? '/nowhere'), hostileText),
      pathParameters: pathParametersOf(route.key, known),
      queryStringParameters: query,
      headers,
      authorization: authorization(route.key, known),
      body: bodyOf(route.key),
      rest,
    })
    .map(({ method, path, headers, authorization, body, rest, ...parameters }) => {
      const event = {
        version: '2.0',
        routeKey: route.key,
        rawPath: path,
        headers: { ...headers, ...(authorization !== undefined && { authorization }) },
        requestContext: {
          http: { method, path },
          domainName: 'api.example',
          routeKey: route.key,
        },
        ...parameters,
        ...body,
        ...rest,
      };
      return { name: route.function, event: event as unknown as HttpEvent };
    });
}

/** An event for any route of the topology. */
export function hostileEvents(known: Known): Arbitrary<HostileEvent> {
  return fc.oneof(...routes.map((route) => eventOf(route, known)));
}
