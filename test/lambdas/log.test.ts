import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let written: string;
beforeEach(() => {
  vi.resetModules();
  written = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.doUnmock('@aws-lambda-powertools/logger');
  vi.restoreAllMocks();
});

const lines = () =>
  written
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('a line is one JSON object with what is told, and the error in it is readable', async () => {
  const { log } = await import('../../lambdas/log.ts');
  const cause = new TypeError('fetch failed');

  await log('error', 'request failed', { error: new Error('no answer', { cause }) });

  expect(lines()).toMatchObject([
    {
      level: 'ERROR',
      service: 'cameo',
      message: 'request failed',
      error: { name: 'Error', message: 'no answer', cause: { name: 'TypeError' } },
    },
  ]);
});

test('what cannot be read fails nobody who tells of it', async () => {
  const { log } = await import('../../lambdas/log.ts');
  const round: Record<string, unknown> = { at: 1n };
  round.again = round;
  const fields = {
    round,
    get field(): unknown {
      throw new Error('not readable');
    },
  };

  await log('info', 'odd', fields);

  expect(lines()).toMatchObject([
    { message: 'odd', field: '[unreadable]', round: { at: '1', again: '[circular]' } },
  ]);
});

test('without the logger the line is written all the same', async () => {
  vi.doMock('@aws-lambda-powertools/logger', () => {
    throw new Error('not there');
  });
  const { log } = await import('../../lambdas/log.ts');

  await log('error', 'request failed', { error: new Error('no answer') });

  expect(lines()).toMatchObject([
    { level: 'ERROR', message: 'request failed', error: { message: 'no answer' } },
  ]);
});
