// The mechanisms that keep the promise, each of which the model can do without: so it is seen that the
// interleavings find what happens then.

/** What may be left out. `second look`, `order` and `settling` are core's own; the others are clauses of conditions. */
export type Mechanism =
  | 'owner'
  | 'generation'
  | 'exclusion'
  | 'expiry'
  | 'look again'
  | 'tombstone'
  | 'replace condition'
  | 'commit condition'
  | 'release condition'
  | 'leftover'
  | 'order'
  | 'second look'
  | 'settling';
