// What the functions write, as Lambda hands it to CloudWatch: they share this process's output with the rest of local
// mode, so what goes through is looked at line by line.

import { type MetricValues, readEmf } from './emf.ts';

/** Who is told of what goes through. */
export interface OutputListener {
  /** Of metrics, which are nothing to read for a person and go no further. */
  readonly measured: (metric: MetricValues) => void;
  /** Of a line that tells of an error, which is printed all the same. */
  readonly failed: (line: string) => void;
}

type Stream = Pick<NodeJS.WriteStream, 'write'>;
type Write = NodeJS.WriteStream['write'];

/** Begins to listen to these streams; the returned function ends that. */
export function listenToOutput(
  listener: OutputListener,
  streams: readonly Stream[] = [process.stdout, process.stderr],
): () => void {
  const undos = streams.map((stream) => listenTo(stream, listener));
  return () => {
    for (const undo of undos) undo();
  };
}

function listenTo(stream: Stream, listener: OutputListener): () => void {
  const { write } = stream;
  const listening = ((chunk: string | Uint8Array, ...given: unknown[]) => {
    if (typeof chunk !== 'string') return Reflect.apply(write, stream, [chunk, ...given]);
    const rest = withoutMetrics(chunk, listener);
    // Nothing is written of metrics alone, and whoever waits for that is told so by the stream itself.
    return rest === '' && given.length === 0
      ? true
      : Reflect.apply(write, stream, [rest, ...given]);
  }) as Write;
  stream.write = listening;
  return () => {
    stream.write = write;
  };
}

/** The functions write whole lines, each by a call of its own. */
function withoutMetrics(chunk: string, { measured, failed }: OutputListener): string {
  if (!chunk.startsWith('{')) return chunk;
  const lines = chunk.split(/(?<=\n)/);
  const kept = lines.filter((line) => {
    const metrics = readEmf(line);
    for (const metric of metrics ?? []) measured(metric);
    if (!metrics && isError(line)) failed(line.trimEnd());
    return !metrics;
  });
  return kept.join('');
}

function isError(line: string): boolean {
  if (!line.includes('"ERROR"')) return false;
  try {
    return (JSON.parse(line) as { level?: unknown } | null)?.level === 'ERROR';
  } catch {
    return false;
  }
}
