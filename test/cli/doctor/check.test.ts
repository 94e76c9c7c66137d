import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Check, examine } from '../../../cli/doctor/check.ts';
import { EdgeUnreachable } from '../../../cli/doctor/edge-request.ts';
import { fact } from '../../../cli/doctor/fact.ts';
import { NotChecked, ok } from '../../../cli/doctor/finding.ts';
import { subjectOf } from '../../../cli/doctor/subject.ts';

const HERE = subjectOf({}, { environment: {} });
const DEPLOYED = subjectOf({ stack: 'cameo' }, { environment: {} });

const checkThat = (look: Check['look']): Check => ({ name: 'x', title: 'X', asks: '?', look });

const rejecting = (error: unknown) =>
  checkThat(async () => {
    throw error;
  });

const awsError = (name: string) => Object.assign(new Error('hush-hush'), { name });

describe('whatever a check comes to, it is a finding:', () => {
  test.each([
    [
      'a word that AWS may not say',
      awsError('AccessDeniedException'),
      /AccessDeniedException/,
      /credentials that may/,
    ],
    [
      'an edge that is not reached',
      new EdgeUnreachable('ECONNRESET'),
      /ECONNRESET/,
      /holds connections back/,
    ],
    ['anything else', awsError('InternalError'), /InternalError/, /health page/],
  ])('%s', async (_, error, summary, advice) => {
    const found = await examine(rejecting(error), DEPLOYED);

    expect(found).toMatchObject({ name: 'x', title: 'X', mark: 'failed' });
    expect(found.summary).toMatch(summary);
    expect(found.advice?.text).toMatch(advice);
    expect(JSON.stringify(found)).not.toContain('hush-hush');
  });

  test('what waits for another check', async () => {
    const found = await examine(rejecting(new NotChecked('the edge does not answer')), HERE);

    expect(found).toMatchObject({
      mark: 'unchecked',
      summary: 'not checked: the edge does not answer',
    });
  });

  test('a failure on this machine advises a new start', async () => {
    const found = await examine(rejecting(awsError('InternalError')), HERE);

    expect(found.advice?.command).toBe('npm start');
  });
});

describe('on a clock that the test moves', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('a check that hangs fails after ten seconds', async () => {
    const examined = examine(
      checkThat(() => new Promise(() => {})),
      HERE,
    );
    await vi.advanceTimersByTimeAsync(10_000);

    expect(await examined).toMatchObject({
      mark: 'failed',
      summary: 'cannot be looked at (no answer within 10 s)',
    });
  });

  test('a fact that hangs is told of by its own check alone, whoever asked first', async () => {
    const hanging = fact(3_000, 'there is none', () => new Promise(() => {}));
    const above = fact(6_000, 'there is none above', () => hanging.get());
    const other = examine(
      checkThat(async () => ok(String(await above.get()))),
      HERE,
    );
    const own = examine(
      checkThat(async () => ok(String(await hanging.own()))),
      HERE,
    );
    await vi.advanceTimersByTimeAsync(3_000);

    expect(await own).toMatchObject({
      mark: 'failed',
      summary: 'cannot be looked at (no answer within 3 s)',
    });
    expect(await other).toMatchObject({ mark: 'unchecked', summary: 'not checked: there is none' });
  });
});

test('the stack may be named by the environment, too', () => {
  const environment = { CAMEO_STACK: ' staging ' };

  expect(subjectOf({}, { environment }).stack).toBe('staging');
  expect(subjectOf({ stack: 'cameo' }, { environment }).stack).toBe('cameo');
});

test('a fact is read once, whoever asks', async () => {
  const read = vi.fn(async () => 1);
  const once = fact(1_000, 'there is none', read);

  await Promise.all([once.get(), once.own(), once.get()]);

  expect(read).toHaveBeenCalledTimes(1);
});
