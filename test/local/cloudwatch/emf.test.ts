import { expect, test } from 'vitest';
import { readEmf } from '../../../local/cloudwatch/emf.ts';

const DIRECTIVE = {
  Namespace: 'cameo',
  Dimensions: [['Method'], []],
  Metrics: [{ Name: 'Calls', Unit: 'Count' }, { Name: 'Time' }],
};
const metadata = (...directives: object[]) => ({
  Timestamp: 1_800_000_000_000,
  CloudWatchMetrics: directives,
});
const LINE = { _aws: metadata(DIRECTIVE), Method: 'getFile', Calls: 2, Time: [1.5, 3] };

test('every metric of a line is read under every set of its dimensions', () => {
  const whole = { namespace: 'cameo', atMs: 1_800_000_000_000 };

  expect(readEmf(`${JSON.stringify(LINE)}\n`)).toEqual([
    { ...whole, name: 'Calls', dimensions: { Method: 'getFile' }, values: [2] },
    { ...whole, name: 'Time', dimensions: { Method: 'getFile' }, values: [1.5, 3] },
    { ...whole, name: 'Calls', dimensions: {}, values: [2] },
    { ...whole, name: 'Time', dimensions: {}, values: [1.5, 3] },
  ]);
});

test.each<[string, unknown]>([
  ['has no such mark', { level: 'ERROR', message: 'request failed' }],
  ['has the mark in a text', { message: '"_aws"' }],
  ['has nothing behind the mark', { ...LINE, _aws: {} }],
  ['has no moment', { ...LINE, _aws: { CloudWatchMetrics: [DIRECTIVE] } }],
  ['lacks a value', { ...LINE, Calls: undefined }],
  ['has a text for a value', { ...LINE, Calls: '2' }],
  ['has more than a hundred values', { ...LINE, Time: Array(101).fill(1) }],
  ['lacks a dimension', { ...LINE, Method: undefined }],
  ['has a number for a dimension', { ...LINE, Method: 7 }],
])('a line is none of metrics if it %s', (_, line) => {
  expect(readEmf(JSON.stringify(line))).toBeUndefined();
});

test('a line that was cut is none', () => {
  expect(readEmf(JSON.stringify(LINE).slice(0, -1))).toBeUndefined();
  expect(readEmf(`INFO ${JSON.stringify(LINE)}`)).toBeUndefined();
});
