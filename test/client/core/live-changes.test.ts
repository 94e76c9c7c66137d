import { expect, test } from 'vitest';
import { watchChanges } from '../../../client/core/live-changes.ts';

test('on a server nothing is watched', () => {
  const refuse = () => {
    throw new Error('a server shows nobody');
  };

  const { signal: ended } = new AbortController();

  expect(() =>
    watchChanges({ endpoint: '', ended, shown: refuse, onChanged: refuse, onPoll: refuse }),
  ).not.toThrow();
});
