import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { beforeEach, expect, test } from 'vitest';
import type { MetricValues } from '../../../local/cloudwatch/emf.ts';
import { listenToOutput } from '../../../local/cloudwatch/output.ts';

const METRIC = JSON.stringify({
  _aws: {
    Timestamp: 1,
    CloudWatchMetrics: [{ Namespace: 'cameo', Dimensions: [[]], Metrics: [{ Name: 'Calls' }] }],
  },
  Calls: 1,
});
const ERROR = '{"level":"ERROR","message":"fetch failed"}';

let stream: PassThrough;
let measured: MetricValues[];
let failed: string[];
let undo: () => void;
beforeEach(() => {
  stream = new PassThrough({ encoding: 'utf8' });
  measured = [];
  failed = [];
  undo = listenToOutput(
    { measured: (metric) => measured.push(metric), failed: (line) => failed.push(line) },
    [stream as unknown as NodeJS.WriteStream],
  );
});

const printed = () => stream.read() ?? '';

test('metrics are taken, and nothing of them is printed', () => {
  stream.write(`${METRIC}\n`);
  stream.write(`${METRIC}\n${ERROR}\n${METRIC}\n`);

  expect(measured).toHaveLength(3);
  expect(printed()).toBe(`${ERROR}\n`);
});

test('errors are told of and printed', () => {
  new Console(stream).log(ERROR);
  stream.write('{"level":"INFO","message":"ERROR"}\n');
  stream.write('{"level":"ERROR", cut\n');
  stream.write('null "ERROR"\n');

  expect(failed).toEqual([ERROR]);
  expect(printed().split('\n')).toHaveLength(5);
});

test('whatever else is printed goes through as it is: bytes, halves of lines, and what is said when it is done', async () => {
  const said = Promise.withResolvers<void>();

  stream.write('Cameo is ready\n');
  stream.write(Buffer.from(`${METRIC}\n`));
  stream.write('ü', 'latin1');
  stream.write(METRIC.slice(0, 20));
  stream.write(`${METRIC}\n`, () => said.resolve());

  await said.promise;
  expect(printed()).toBe(`Cameo is ready\n${METRIC}\n\ufffd${METRIC.slice(0, 20)}`);
  expect(measured).toHaveLength(1);
});

test('nobody listens any more when that is ended', () => {
  undo();
  stream.write(`${METRIC}\n${ERROR}\n`);

  expect(printed()).toBe(`${METRIC}\n${ERROR}\n`);
  expect([measured, failed]).toEqual([[], []]);
});
