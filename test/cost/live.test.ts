import { expect, test } from 'vitest';
import { pollDelayMs } from '../../client/core/poll-delay.ts';
import { assumptions } from '../../cost/assumptions.ts';
import { busiestHour, visibleHours } from '../../cost/live.ts';
import { measured } from './measured-by-hand.ts';

test('an hour of a page is a request every four seconds, as the client asks them', () => {
  const { cloudFrontRequests, httpApiRequests, lambdaRequests } = visibleHours(2);

  expect(cloudFrontRequests).toBe(1_800);
  expect([httpApiRequests, lambdaRequests]).toEqual([0, 0]);
  expect(pollDelayMs(0, 0, 0.5) / 1000).toBeCloseTo(assumptions.livePollSeconds, 1);
});

test('behind the edge an hour is a question every two seconds, whoever looks', () => {
  const { cloudFrontRequests, httpApiRequests, lambdaRequests } = busiestHour(measured({}));

  expect([cloudFrontRequests, httpApiRequests, lambdaRequests]).toEqual([0, 1_800, 1_800]);
});
