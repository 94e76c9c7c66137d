// How CloudWatch reads metrics out of a log: a line that is one JSON object in the embedded metric format.

import * as v from 'valibot';

/** A metric of a namespace under one value of each dimension. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The values that a line holds of a metric; the moment is in milliseconds since the epoch. */
export interface MetricValues extends MetricId {
  readonly values: readonly number[];
  readonly atMs: number;
}

// "Values: a number, or a list of at most 100" (CloudWatch, "Specification: Embedded metric format").
const valuesSchema = v.union([
  v.pipe(
    v.number(),
    v.transform((value) => [value]),
  ),
  v.pipe(v.array(v.number()), v.maxLength(100)),
]);

const directiveSchema = v.object({
  Namespace: v.string(),
  Dimensions: v.array(v.array(v.string())),
  Metrics: v.pipe(v.array(v.object({ Name: v.string() })), v.maxLength(100)),
});

const lineSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    _aws: v.object({ Timestamp: v.number(), CloudWatchMetrics: v.array(directiveSchema) }),
  }),
);

// What every such line has. Most lines are none, and need not be parsed.
const MARK = '"_aws"';

/** The metrics of a line; `undefined` for a line that is none in this format, or lacks a value that it names. */
export function readEmf(line: string): MetricValues[] | undefined {
  if (!line.includes(MARK)) return undefined;
  const { success, output } = v.safeParse(lineSchema, line);
  if (!success) return undefined;
  const { _aws: metadata, ...members } = output;
  const read = metadata.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => {
        const dimensions = Object.fromEntries(names.map((name) => [name, members[name]]));
        const isWhole = Object.values(dimensions).every((value) => typeof value === 'string');
        const values = v.safeParse(valuesSchema, members[Name]);
        if (!isWhole || !values.success) return undefined;
        return {
          namespace: Namespace,
          name: Name,
          dimensions: dimensions as Record<string, string>,
          values: values.output,
          atMs: metadata.Timestamp,
        };
      }),
    ),
  );
  return read.includes(undefined) ? undefined : (read as MetricValues[]);
}
