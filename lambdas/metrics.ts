// What the functions count, told to CloudWatch by lines on standard output: no call, no wait, nothing that can fail.
// Nothing but declared names and values is ever in them. Our own code: the README's decisions have the measurement.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from 'aws-lambda';
import { type Count, type MetricDeclaration, type MetricName, metrics } from '../core/metrics.ts';
import { emfLines, type Series } from './emf.ts';

/** Counts, and tells what was counted at the end of the invocation. */
export interface Metrics {
  readonly count: Count;
  /** Does an invocation's work, then writes what it counted, whether it succeeded or not. */
  during<T>(context: Context, work: () => Promise<T>): Promise<T>;
}

interface Collecting extends Series {
  readonly values: number[];
}

type Collected = Map<string, Collecting>;

// On one machine invocations share a process; each has its own lines.
const current = new AsyncLocalStorage<Collected>();

/** The metrics of a function in this namespace. */
export function emfMetrics(namespace: string): Metrics {
  return {
    count: (name, value, given) => {
      const dimensions = given as Readonly<Record<string, string>>;
      const collected = current.getStore();
      if (collected && isDeclared(name, value, dimensions)) add(collected, name, value, dimensions);
    },

    during: async ({ awsRequestId }, work) => {
      const collected: Collected = new Map();
      try {
        return await current.run(collected, work);
      } finally {
        const emission = { namespace, nowMs: Date.now(), invocationId: awsRequestId };
        tell(emfLines([...collected.values()], emission));
      }
    },
  };
}

/** Nobody's request fails because nothing can be told of it. */
function tell(lines: readonly string[]): void {
  try {
    // What comes by the console, Lambda wraps into a JSON line of its own, in which CloudWatch finds no metric.
    for (const line of lines) process.stdout.write(`${line}\n`);
  } catch {}
}

/** The compiler has seen to it; but what is written here is billed by the name. */
function isDeclared(
  name: MetricName,
  value: number,
  dimensions: Readonly<Record<string, string>>,
): boolean {
  const declaration: MetricDeclaration | undefined = metrics[name];
  const declared = declaration?.dimensions;
  const given = Object.entries(dimensions);
  return (
    declared !== undefined &&
    Number.isFinite(value) &&
    given.length === Object.keys(declared).length &&
    given.every(([dimension, one]) => declared[dimension]?.includes(one))
  );
}

/** Counts are summed up. Of the rest each value is kept, which are few in one invocation: EMF takes a hundred. */
function add(
  collected: Collected,
  name: MetricName,
  value: number,
  dimensions: Readonly<Record<string, string>>,
): void {
  const key = [name, ...Object.values(dimensions)].join(' ');
  const known = collected.get(key);
  if (!known) collected.set(key, { name, dimensions, values: [value] });
  else if (metrics[name].unit === 'Count') known.values[0] = (known.values[0] ?? 0) + value;
  else known.values.push(value);
}
