// What was counted as lines of CloudWatch's embedded metric format. A line names its dimensions' values once, so
// that metrics share one as long as they say nothing different (CloudWatch, "Specification: Embedded metric format").

import { type MetricName, metrics } from '../core/metrics.ts';

/** One metric under one value of each of its dimensions; what was counted is one sum in `values`. */
export interface Series {
  readonly name: MetricName;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** The moment in milliseconds since the epoch, and the id by which the log knows the invocation. */
export interface Emission {
  readonly namespace: string;
  readonly nowMs: number;
  readonly invocationId: string;
}

type Members = Record<string, string | number | readonly number[]>;

interface Line {
  readonly members: Members;
  readonly series: Series[];
}

/** The lines, each one JSON object without a line break; as few as the dimensions' values allow. */
export function emfLines(all: readonly Series[], emission: Emission): string[] {
  const lines: Line[] = [];
  for (const series of all) {
    const fitting = lines.find(({ members }) => fits(series, members));
    const line = fitting ?? { members: {}, series: [] };
    if (!fitting) lines.push(line);
    Object.assign(line.members, series.dimensions, { [series.name]: valueIn(series) });
    line.series.push(series);
  }
  return lines.map((line) => written(line, emission));
}

/** A metric that is on the line already differs in one of its dimensions. */
function fits({ dimensions }: Series, members: Members): boolean {
  return Object.entries(dimensions).every(
    ([dimension, value]) => !(dimension in members) || members[dimension] === value,
  );
}

/** Thousandths are enough of any unit. */
function valueIn({ values }: Series): number | number[] {
  const rounded = values.map((value) => Math.round(value * 1000) / 1000);
  const [only = 0] = rounded;
  return rounded.length === 1 ? only : rounded;
}

function written({ members, series }: Line, { namespace, nowMs, invocationId }: Emission): string {
  const directives = series.map(({ name, dimensions }) => ({
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: name, Unit: metrics[name].unit }],
  }));
  return JSON.stringify({
    _aws: { Timestamp: nowMs, CloudWatchMetrics: directives },
    ...members,
    function_request_id: invocationId,
  });
}
