// What a month uses: counted up from what one invocation of each kind was measured to do.

import { SIZES, type Size } from '../core/sizes.ts';
import { assumptions } from './assumptions.ts';
import { invocation } from './invocation.ts';
import type { Journey, Measured } from './measured.ts';
import { BYTES_PER_GB, sum, type Usage } from './usage.ts';

/** What Cameo uses in a month in which so many avatars of this size are requested at the edge. */
export function monthOf(measured: Measured, avatars: number, size: Size): Usage {
  const { versionedShare, versionedHitShare, currentHitShare, headerBytes, recordBytes } =
    assumptions;
  const versionedMisses = avatars * versionedShare * (1 - versionedHitShare);
  const currentMisses = avatars * (1 - versionedShare) * (1 - currentHitShare);
  const lists = (avatars * versionedShare) / assumptions.avatarsPerList;
  const partners = avatars / assumptions.requestsPerPartner;
  const joined = partners * assumptions.newShare;
  const refreshes = partners * assumptions.refreshesPerPartner;
  const changed = refreshes * assumptions.changedShare;
  const throughApi = (journey: Journey) =>
    sum([
      [invocation(measured, journey), 1],
      [{ httpApiRequests: 1 }, 1],
    ]);
  // Lambda takes a message off the queue and deletes it; whoever sent it has counted that.
  const throughQueue = (journey: Journey) =>
    sum([
      [invocation(measured, journey), 1],
      [{ sqsRequests: 2 }, 1],
    ]);
  const atEdge = (bytes: number) => ({
    cloudFrontRequests: 1,
    cloudFrontGb: (bytes + headerBytes) / BYTES_PER_GB,
  });
  // Only what the edge does not cache runs through its function.
  const atEdgeUncached = (bytes: number) => ({ ...atEdge(bytes), cloudFrontFunctions: 1 });
  return sum([
    [atEdge(measured.pictureBytes[size]), avatars],
    [{ s3Gets: 1 }, versionedMisses],
    [throughApi('hit'), currentMisses],
    [atEdgeUncached(measured.listBytes), lists],
    [throughApi('list'), lists],
    [atEdgeUncached(recordBytes), lists],
    [throughApi('register'), lists],
    // The index of the newest partners is written when one joins; the emulator does not bill it.
    [{ dynamoDbWriteUnits: 1 }, joined],
    // That of changed photos: an entry at a first photo, and one that takes the old one's place at another.
    [{ dynamoDbWriteUnits: 1 }, joined],
    [{ dynamoDbWriteUnits: 2 }, changed],
    [throughApi('pendingView'), joined * assumptions.pendingViewsPerNew],
    [throughQueue('store'), joined],
    // Whoever finds a photo old claims the right to ask, and asks.
    [{ dynamoDbWriteUnits: 1, sqsRequests: 1 }, refreshes],
    [throughQueue('unchanged'), refreshes - changed],
    [throughQueue('refresh'), changed],
    [stored(measured), partners],
  ]);
}

/** What the same month uses where each view asks Telegram and nothing is kept. */
export function monthWithoutStore(measured: Measured, avatars: number, size: Size): Usage {
  const bytes = measured.pictureBytes[size] + assumptions.headerBytes;
  return sum([
    [invocation(measured, 'direct'), avatars],
    [{ httpApiRequests: 1, dataOutGb: bytes / BYTES_PER_GB }, avatars],
  ]);
}

function stored({ pictureBytes }: Measured): Partial<Usage> {
  const bytes = SIZES.reduce((total, size) => total + pictureBytes[size], 0);
  return {
    s3GbMonths: bytes / BYTES_PER_GB,
    dynamoDbGbMonths: assumptions.itemBytes / BYTES_PER_GB,
  };
}
