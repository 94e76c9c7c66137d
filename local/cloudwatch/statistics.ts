// Many values in little room: their number, sum and bounds as they are, and for percentiles classes of values that
// differ by two hundredths at most, as CloudWatch keeps them, too. A minute has a few hundred classes at the worst.

/** The values of one metric in one minute, or of several minutes added up. */
export interface Statistics {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  /** The number and the sum of the values in each class. */
  readonly classes: Map<number, { count: number; sum: number }>;
}

const CLASS_GROWTH = Math.log(1.02);

// Of what is not above zero there is one class.
const LOWEST_CLASS = Number.NEGATIVE_INFINITY;

/** The statistics of nothing. */
export function noStatistics(): Statistics {
  return {
    count: 0,
    sum: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    classes: new Map(),
  };
}

/** Takes a value in. */
export function addValue(to: Statistics, value: number): void {
  const key = value > 0 ? Math.floor(Math.log(value) / CLASS_GROWTH) : LOWEST_CLASS;
  const classes = new Map([[key, { count: 1, sum: value }]]);
  addStatistics(to, { count: 1, sum: value, minimum: value, maximum: value, classes });
}

/** Takes all values of others in. */
export function addStatistics(to: Statistics, other: Statistics): void {
  to.count += other.count;
  to.sum += other.sum;
  to.minimum = Math.min(to.minimum, other.minimum);
  to.maximum = Math.max(to.maximum, other.maximum);
  for (const [key, { count, sum }] of other.classes) {
    const known = to.classes.get(key) ?? { count: 0, sum: 0 };
    to.classes.set(key, { count: known.count + count, sum: known.sum + sum });
  }
}

const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** A statistic by CloudWatch's name for it; `undefined` for one that is not known here. `of` holds one value or more. */
export function statistic(name: string, of: Statistics): number | undefined {
  switch (name) {
    case 'SampleCount':
      return of.count;
    case 'Sum':
      return of.sum;
    case 'Average':
      return of.sum / of.count;
    case 'Minimum':
      return of.minimum;
    case 'Maximum':
      return of.maximum;
    default: {
      const percent = PERCENTILE.exec(name)?.[1];
      return percent === undefined ? undefined : percentile(Number(percent) / 100, of);
    }
  }
}

/** The average of the class in which the value is, below which this share of all lies. */
function percentile(share: number, { count, classes, maximum }: Statistics): number {
  const rank = Math.max(1, Math.ceil(share * count));
  let seen = 0;
  for (const [, inClass] of [...classes].sort(([one], [other]) => one - other)) {
    seen += inClass.count;
    if (seen >= rank) return inClass.sum / inClass.count;
  }
  return maximum;
}
