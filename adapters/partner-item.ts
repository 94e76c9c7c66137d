// How a partner lies in DynamoDB, and back. Attribute names are said here and in partner-table's expressions.

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Partner, Registration } from '../core/partner.ts';
import { table } from '../core/topology.ts';

/** An item as the low-level client gives it. */
export type Item = Record<string, AttributeValue>;

/**
 * The value of the recent index's partition key: every partner is under one. Only the keys are in the
 * index, so it is written once a partner; DynamoDB takes a thousand such writes a second.
 */
export const EVERY_PARTNER = 'partner';

/** The value of the changed index's partition key: a fleet moves far fewer pointers than DynamoDB takes writes. */
const EVERY_CHANGE = 'photo';

/** The attributes by which a partner, or a tombstone, is found as changed at this moment. */
export function changedAt(nowMs: number): Item {
  const { partitionKey, sortKey } = table.changedIndex;
  return { [partitionKey]: text(EVERY_CHANGE), [sortKey]: number(nowMs) };
}

/** A string attribute. */
export const text = (value: string): AttributeValue => ({ S: value });

/** A number attribute. */
export const number = (value: number): AttributeValue => ({ N: String(value) });

/** Whether the item is a partner's; a tombstone's is not. */
export function isPartner(item: Item): boolean {
  return item.userId !== undefined;
}

/** Reads a partner's item. Throws if an attribute that every partner has is missing. */
export function partnerOf(item: Item): Partner {
  const photoId = item.photoId?.S;
  const replacedPhotoId = item.replacedPhotoId?.S;
  const lastName = item.lastName?.S;
  const username = item.username?.S;
  const checkedAtMs = optionalNumber(item, 'checkedAtMs');
  const claimedUntilMs = optionalNumber(item, 'claimedUntilMs');
  const erasingSinceMs = item.erasureId && optionalNumber(item, 'erasedAtMs');
  return {
    avatarId: requiredText(item, 'avatarId'),
    userId: requiredText(item, 'userId'),
    firstName: requiredText(item, 'firstName'),
    joinedAtMs: optionalNumber(item, 'joinedAtMs') ?? 0,
    ...(lastName !== undefined && { lastName }),
    ...(username !== undefined && { username }),
    ...(photoId !== undefined && { photo: { photoId, lqip: requiredText(item, 'lqip') } }),
    ...(replacedPhotoId !== undefined && { replacedPhotoId }),
    ...(checkedAtMs !== undefined && { checkedAtMs }),
    ...(claimedUntilMs !== undefined && { claimedUntilMs }),
    ...(erasingSinceMs !== undefined && { erasingSinceMs }),
  };
}

/** The clauses of an update that writes what is said of a partner, and takes away what is said no longer. */
export function profileClauses(registration: Registration): {
  set: string[];
  remove: string[];
  values: Item;
} {
  const known = 'firstName' in registration ? registration : undefined;
  const { userId, firstName = '', lastName, username } = { ...known, userId: registration.userId };
  const set = ['userId = :userId'];
  const values: Item = { ':userId': text(userId), ':firstName': text(firstName) };
  if (!known) {
    return {
      set: [...set, 'firstName = if_not_exists(firstName, :firstName)'],
      remove: [],
      values,
    };
  }
  set.push('firstName = :firstName');
  const remove: string[] = [];
  for (const [name, value] of Object.entries({ lastName, username })) {
    if (value === undefined) remove.push(name);
    else {
      set.push(`${name} = :${name}`);
      values[`:${name}`] = text(value);
    }
  }
  return { set, remove, values };
}

/** A number of the item, `undefined` where it has none. */
export function optionalNumber(item: Item, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}

function requiredText(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`the partner's item has no ${name}`);
  return value;
}
