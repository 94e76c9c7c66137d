// Which behaviour a path gets, and what of the query is in its cache key: the two choices by which
// CloudFront decides whether two requests are the same.
import type { BehaviourDeclaration } from '../../core/topology.ts';

/** A behaviour whose pattern is ready to be asked. */
export interface Behaviour {
  readonly matches: (path: string) => boolean;
  readonly origin: BehaviourDeclaration['origin'];
  readonly cache: BehaviourDeclaration['cache'];
}

const FALLBACK: Behaviour = { matches: () => true, origin: 'api', cache: [] };

/** Finds the behaviour of a path: the first whose pattern matches, else the API, cached without a query. */
export function behaviourFinder(
  declared: readonly BehaviourDeclaration[],
): (path: string) => Behaviour {
  const behaviours = declared.map(({ pattern, origin, cache }) => {
    const expression = patternExpression(pattern);
    return { matches: (path: string) => expression.test(path), origin, cache };
  });
  return (path) => behaviours.find((behaviour) => behaviour.matches(path)) ?? FALLBACK;
}

/** The named parameters of a query in the order of the names, as the viewer encoded them. */
export function selectQuery(query: string, names: readonly string[]): string {
  if (query === '' || names.length === 0) return '';
  const pairs = query.split('&').filter((pair) => names.includes(nameOf(pair)));
  // Most have one: `size`.
  if (pairs.length < 2) return pairs[0] ?? '';
  return names.flatMap((name) => pairs.filter((pair) => nameOf(pair) === name)).join('&');
}

function nameOf(pair: string): string {
  const end = pair.indexOf('=');
  return end < 0 ? pair : pair.slice(0, end);
}

/** A CloudFront path pattern: `*` is any run, slashes too; `?` is one character; the rest is itself. */
function patternExpression(pattern: string): RegExp {
  const rooted = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  const literal = rooted.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const source = literal.replaceAll('*', '[^]*').replaceAll('?', '[^]');
  return new RegExp(`^${source}$`);
}
