// Many values in little room: their number, sum and bounds as they are, and for percentiles classes of values that
// differ by a twentieth at most. A minute has a few hundred classes at the worst.

/** The values of one metric in one minute, or of several minutes added up. */
export interface Statistics {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  /** The number and the sum of the values in each class, the lowest first: lists have a fifth of the size of maps. */
  counts: number[];
  sums: number[];
}

const CLASS_GROWTH = Math.log(1.05);

/** The statistics of nothing. */
export function noStatistics(): Statistics {
  return {
    count: 0,
    sum: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    counts: [],
    sums: [],
  };
}

/** Takes a value in. */
export function addValue(to: Statistics, value: number): void {
  to.count += 1;
  to.sum += value;
  to.minimum = Math.min(to.minimum, value);
  to.maximum = Math.max(to.maximum, value);
  addToClass(to, 1, value);
}

/** Takes all values of others in. */
export function addStatistics(to: Statistics, other: Statistics): void {
  to.count += other.count;
  to.sum += other.sum;
  to.minimum = Math.min(to.minimum, other.minimum);
  to.maximum = Math.max(to.maximum, other.maximum);
  for (const [place, count] of other.counts.entries()) {
    addToClass(to, count, other.sums[place] ?? 0);
  }
}

function addToClass(to: Statistics, count: number, sum: number): void {
  const { counts, sums } = to;
  const added = classOf(count, sum);
  const at = (place: number) => classOf(counts[place] ?? 0, sums[place] ?? 0);
  let place = 0;
  for (let end = counts.length; place < end; ) {
    const middle = (place + end) >> 1;
    if (at(middle) < added) place = middle + 1;
    else end = middle;
  }
  if (place < counts.length && at(place) === added) {
    counts[place] = (counts[place] ?? 0) + count;
    sums[place] = (sums[place] ?? 0) + sum;
  } else {
    // A list that grows by itself keeps room for more; most have one class for ever.
    to.counts = counts.toSpliced(place, 0, count);
    to.sums = sums.toSpliced(place, 0, sum);
  }
}

/** Of what is not above zero there is one class, the lowest. */
function classOf(count: number, sum: number): number {
  return Math.floor(Math.log(Math.max(0, sum / count)) / CLASS_GROWTH);
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
function percentile(share: number, { count, counts, sums, maximum }: Statistics): number {
  const rank = Math.max(1, Math.ceil(share * count));
  let seen = 0;
  for (const [place, inClass] of counts.entries()) {
    seen += inClass;
    if (seen >= rank) return (sums[place] ?? 0) / inClass;
  }
  return maximum;
}
