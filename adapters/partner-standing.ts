// All that the table says of one avatarId at one moment, for an operator who looks at it.

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Partner } from '../core/partner.ts';
import { getItem } from './conditional-write.ts';
import { isPartner, optionalNumber, partnerOf } from './partner-item.ts';

/** The right to fetch as it stands; who has it is told by its end. */
export interface LeaseSeen {
  readonly owner: string;
  readonly untilMs: number;
  /** How often a lease was acquired for this partner, this one included. */
  readonly generation: number;
}

/** What stands under an avatarId. */
export interface PartnerStanding {
  /** Absent for a stranger and for a tombstone. */
  readonly partner?: Partner;
  readonly lease?: LeaseSeen;
  /** When somebody who stood here was erased; a tombstone is kept for some weeks. */
  readonly erasedAtMs?: number;
  /** The receipt of an erasure that is under way. */
  readonly erasureId?: string;
}

/** Reads it consistently. */
export async function partnerStanding(
  client: DynamoDBClient,
  tableName: string,
  avatarId: string,
): Promise<PartnerStanding> {
  const item = (await getItem(client, tableName, avatarId)) ?? {};
  const owner = item.leaseOwner?.S;
  const erasedAtMs = optionalNumber(item, 'erasedAtMs');
  const erasureId = item.erasureId?.S;
  return {
    ...(isPartner(item) && { partner: partnerOf(item) }),
    ...(owner !== undefined && {
      lease: {
        owner,
        untilMs: optionalNumber(item, 'leaseUntilMs') ?? 0,
        generation: optionalNumber(item, 'leaseGeneration') ?? 0,
      },
    }),
    ...(erasedAtMs !== undefined && { erasedAtMs }),
    ...(erasureId !== undefined && { erasureId }),
  };
}
