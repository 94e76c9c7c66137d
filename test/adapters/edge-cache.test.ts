import { CloudFrontClient, type CloudFrontClientConfig } from '@aws-sdk/client-cloudfront';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { edgeCache } from '../../adapters/edge-cache.ts';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { versionedPath } from '../../core/avatar-url.ts';
import { EdgeCacheBusy } from '../../core/errors.ts';
import type { EdgeCache } from '../../core/ports.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { startCloudFront } from '../../local/cloudfront.ts';
import { answer, edgeBefore } from '../local/edge/fixtures.ts';
import { losingTheAnswerOf, startWire, type Wire } from '../wire.ts';

const ADA = avatarIdOf('k', '42');
const BOB = avatarIdOf('k', '43');
const CREATE = 'POST /2020-05-31/distribution/ELOCAL/invalidation';
const targets = (avatarId: string) => [
  versionedPath({ avatarId, photoId: 'AQADa', size: 64 }),
  `/avatars/${avatarId}`,
  `/avatars/${avatarId}?size=64&d=404`,
  `/api/partner/photo/${avatarId}?size=512`,
];

let wire: Wire;
let options: CloudFrontClientConfig;
let cache: EdgeCache;
let viewers: ReturnType<typeof edgeBefore>;

beforeEach(async () => {
  const photo = () => answer(200, { 'cache-control': 'max-age=60' }, 'bytes');
  viewers = edgeBefore(photo, { photos: photo });
  const { invalidate } = viewers.edge;
  const cloudFront = await startCloudFront({ distributionId: 'ELOCAL', invalidate });
  onTestFinished(() => cloudFront.stop());
  wire = await startWire(cloudFront.url);
  onTestFinished(() => wire.stop());
  options = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS, endpoint: wire.url };
  cache = edgeCache(new CloudFrontClient(options), 'ELOCAL');
});

async function originsAskedFor(avatarId: string): Promise<number> {
  const asked = () => viewers.seen.api.length + viewers.seen.photos.length;
  const before = asked();
  for (const target of targets(avatarId)) await viewers.get(target);
  return asked() - before;
}

test('evicts all that shows a partner’s photo, and nobody else’s', async () => {
  for (const avatarId of [ADA, BOB]) await originsAskedFor(avatarId);

  await cache.evict(ADA);

  expect(await originsAskedFor(ADA)).toBe(4);
  expect(await originsAskedFor(BOB)).toBe(0);
});

test('orders each eviction anew, and one whose answer was lost as the same again', async () => {
  const references = () =>
    wire.seen.map(({ body }) => /<CallerReference>(.+)<\/CallerReference>/.exec(body)?.[1]);

  await cache.evict(ADA);
  await cache.evict(ADA);
  expect(new Set(references())).toHaveProperty('size', 2);

  wire.untouched();
  wire.intercept(losingTheAnswerOf(CREATE));
  await cache.evict(ADA);
  expect(references()).toHaveLength(2);
  expect(new Set(references())).toHaveProperty('size', 1);
});

describe('what CloudFront refuses', () => {
  /** Without the SDK's own waits before it tries again. */
  const evictOnce = (distributionId: string) =>
    edgeCache(new CloudFrontClient({ ...options, maxAttempts: 1 }), distributionId).evict(ADA);

  const refusing = (status: number, code: string) =>
    wire.intercept(async () => ({
      status,
      headers: { 'content-type': 'text/xml' },
      body:
        '<?xml version="1.0"?><ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">' +
        `<Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
    }));

  test.each([
    [400, 'TooManyInvalidationsInProgress'],
    [400, 'Throttling'],
    [429, 'ThrottlingException'],
  ])('for now (%i %s) is EdgeCacheBusy', async (status, name) => {
    refusing(status, name);

    const evicting = evictOnce('ELOCAL');

    await expect(evicting).rejects.toBeInstanceOf(EdgeCacheBusy);
    await expect(evicting).rejects.toMatchObject({ cause: { name } });
  });

  test('for good passes through', async () => {
    refusing(403, 'AccessDenied');

    await expect(evictOnce('ELOCAL')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('because it is another distribution passes through', async () => {
    await expect(evictOnce('EOTHER')).rejects.toMatchObject({ name: 'NoSuchDistribution' });
  });
});
