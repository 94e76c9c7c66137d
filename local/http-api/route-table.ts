// Which route an HTTP API takes: the most specific that matches, by the rules of API Gateway.

/** A route of the API: `key` is `METHOD /path/{parameter}`, `ANY /path/{rest+}` or `$default`. */
export interface Route<Name extends string> {
  readonly key: string;
  readonly function: Name;
}

/** A route that matches, with its path parameters decoded. */
export interface RouteMatch<Name extends string> {
  readonly route: Route<Name>;
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface CompiledRoute<Name extends string> {
  readonly route: Route<Name>;
  readonly method: string;
  readonly expression: RegExp;
  readonly rank: string;
}

/** Makes the table of the routes; it throws URIError for a path whose escapes do not decode. */
export function routeTable<Name extends string>(
  routes: readonly Route<Name>[],
): (method: string, path: string) => RouteMatch<Name> | undefined {
  const fallback = routes.find(({ key }) => key === '$default');
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compile)
    .sort((one, other) => (one.rank < other.rank ? -1 : 1));

  return (method, path) => {
    for (const { route, method: only, expression } of compiled) {
      const match = only === 'ANY' || only === method ? expression.exec(path) : null;
      if (match) return { route, pathParameters: decoded(match.groups ?? {}) };
    }
    return fallback && { route: fallback, pathParameters: {} };
  };
}

function compile<Name extends string>(route: Route<Name>): CompiledRoute<Name> {
  const [method = '', path = ''] = route.key.split(' ');
  const segments = path.split('/').slice(1);
  const expression = new RegExp(`^${segments.map((segment) => `/${pattern(segment)}`).join('')}$`);
  // A fixed segment goes before a parameter, that before the rest of a path; a method before ANY.
  const rank = segments.map(segmentRank).join('') + (method === 'ANY' ? '1' : '0');
  return { route, method, expression, rank };
}

function pattern(segment: string): string {
  const name = /^\{(\w+)\+?\}$/.exec(segment)?.[1];
  if (name === undefined) return segment.replace(/[^\w-]/g, '\\$&');
  return segment.endsWith('+}') ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
}

function segmentRank(segment: string): string {
  if (segment.endsWith('+}')) return '2';
  return segment.startsWith('{') ? '1' : '0';
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]);
  return Object.fromEntries(entries);
}
