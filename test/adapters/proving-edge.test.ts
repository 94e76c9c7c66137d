import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { provingEdge } from '../../adapters/proving-edge.ts';
import { EdgeUnsettled, type ProvingEdge } from '../../core/rotate-origin-secret.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { DISTRIBUTION_ID, type DistributionServer, startDistribution } from '../distribution.ts';
import { startWire, type Wire } from '../wire.ts';

let distribution: DistributionServer;
let wire: Wire;
let edge: ProvingEdge;

beforeEach(async () => {
  distribution = await startDistribution('one');
  wire = await startWire(distribution.url);
  const client = new CloudFrontClient({
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
    endpoint: wire.url,
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await wire.stop();
    await distribution.close();
  });
  edge = provingEdge(client, DISTRIBUTION_ID);
});

test('knows what the distribution is to send, and has it send another', async () => {
  expect([await edge.sends('one'), await edge.sends('two')]).toEqual([true, false]);

  await edge.send('two');

  expect([await edge.sends('one'), await edge.sends('two')]).toEqual([false, true]);
});

test('waits for the edges to have learned of an earlier change', async () => {
  await edge.send('two');

  await expect(edge.send('three')).rejects.toThrow(EdgeUnsettled);
  distribution.settle();
  await edge.send('three');

  expect(distribution.sends()).toBe('three');
});

test('overwrites nobody’s update that came in between', async () => {
  wire.intercept(async ({ operation, forward }) => {
    if (operation.startsWith('PUT')) distribution.touch();
    return forward();
  });

  await expect(edge.send('two')).rejects.toThrow('PreconditionFailed');

  expect(distribution.sends()).toBe('one');
});

test('says of a distribution without the header that it is none of Cameo’s', async () => {
  wire.intercept(async ({ forward }) => {
    const { body, ...answer } = await forward();
    return { ...answer, body: body.replaceAll('X-Cameo-Origin-Secret', 'x-another') };
  });

  await expect(edge.sends('one')).rejects.toThrow('no origin with x-cameo-origin-secret');
});
