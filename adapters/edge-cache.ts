// What the edge has to forget, as CloudFront invalidations.

import { randomUUID } from 'node:crypto';
import {
  type CloudFrontClient,
  CloudFrontServiceException,
  CreateInvalidationCommand,
} from '@aws-sdk/client-cloudfront';
import { evictionPaths } from '../core/avatar-url.ts';
import { EdgeCacheBusy } from '../core/errors.ts';
import type { EdgeCache } from '../core/ports.ts';

// The first says that too much is in progress: CloudFront takes 15 paths with a wildcard at once, which are
// seven partners ("Concurrent invalidation request maximum"). The others say that its API is called too often.
const BUSY = new Set(['TooManyInvalidationsInProgress', 'Throttling', 'ThrottlingException']);

/**
 * The edge's caches behind their port. CloudFront has taken the order when `evict` returns, and carries it out
 * everywhere a little later. The first 1,000 paths of an account are free each month, so 500 evictions
 * (CloudFront, "Pay for file invalidation").
 */
export function edgeCache(client: CloudFrontClient, distributionId: string): EdgeCache {
  return {
    async evict(avatarId) {
      const paths = evictionPaths(avatarId);
      const command = new CreateInvalidationCommand({
        DistributionId: distributionId,
        InvalidationBatch: {
          Paths: { Quantity: paths.length, Items: [...paths] },
          // CloudFront does nothing about a reference that it knows: a second eviction must be one.
          CallerReference: randomUUID(),
        },
      });
      try {
        await client.send(command);
      } catch (cause) {
        if (!(cause instanceof CloudFrontServiceException) || !BUSY.has(cause.name)) throw cause;
        throw new EdgeCacheBusy('CloudFront takes no more invalidations just now', { cause });
      }
    },
  };
}
