import { PassThrough } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { Mistake } from '../../cli/mistake.ts';
import { screenOn } from '../../cli/screen.ts';
import { sessionIn } from '../../cli/session.ts';

/** Streams of a terminal, or of a pipe, and what was written to them. */
function surroundings({ isTTY = true, json = false, environment = {} }) {
  const [input, output, errors] = Array.from({ length: 3 }, () =>
    Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY }),
  ) as unknown as [ReadStream & PassThrough, WriteStream & PassThrough, WriteStream & PassThrough];
  const stop = new AbortController();
  const given = { environment, input, output, errors, json, stopped: stop.signal };
  return { ...given, screen: screenOn(json ? errors : output), stop: () => stop.abort() };
}

test.each([
  ['y', true],
  ['Yes', true],
  ['', false],
  ['n', false],
  ['yesterday', false],
])('an answer of %j is %s', async (answer, isYes) => {
  const given = surroundings({});
  given.input.write(`${answer}\n`);

  expect(await sessionIn(given).confirm('Erase?')).toBe(isYes);
  expect(given.errors.read()).toContain('Erase? [y/N] ');
  expect(given.output.read()).toBeNull();
});

test('a Ctrl-C at the question is a no', async () => {
  const given = surroundings({});
  const answer = sessionIn(given).confirm('Erase?');

  given.stop();

  expect(await answer).toBe(false);
});

test('where nobody can be asked, nothing is taken for a yes', async () => {
  const given = surroundings({ isTTY: false });
  given.input.write('y\n');

  await expect(sessionIn(given).confirm('Erase?')).rejects.toThrow(Mistake);
});

test.each([
  ['on a terminal', {}, true],
  ['in a pipe', { isTTY: false }, false],
  ['in a document', { json: true }, false],
  ['where NO_COLOR is set', { environment: { NO_COLOR: '1' } }, false],
  ['where NO_COLOR is empty', { environment: { NO_COLOR: '' } }, true],
])('%s colours are %j → %s', (_, given, isColoured) => {
  expect(sessionIn(surroundings(given)).colours.isColorSupported).toBe(isColoured);
});
