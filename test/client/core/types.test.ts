// What the compiler refuses: `tsc` fails where an error that is expected here is none. Nothing of it is run.

import { expect, test } from 'vitest';
import { type AvatarClient, createAvatarClient } from '../../../client/core/entry.ts';

const right = {
  endpoint: 'https://cdn.example',
  scope: '42',
  getAuthorization: () => 'tma x',
} as const;

function refusedUses(client: AvatarClient): void {
  // @ts-expect-error: 100 is no width that is stored
  client.getSnapshot('7', 100);
  // @ts-expect-error: a userId is a string, beyond 2^53 too
  void client.ensure(7, 150);
  // @ts-expect-error: the same for many
  void client.prefetch([7]);
  // @ts-expect-error: there is no such event
  client.on('changed', () => undefined);
  // @ts-expect-error: an update tells ids, not one id
  client.on('updated', ({ id }) => id);
  // @ts-expect-error: a record has more than an id
  client.seed([{ userId: '7' }]);
  // @ts-expect-error: a snapshot is read, not written
  client.getSnapshot('7', 150).status = 'loaded';
}

function refusedOptions(): void {
  const { scope: _, ...withoutScope } = right;
  // @ts-expect-error: whose pictures would they be?
  createAvatarClient(withoutScope);
  // @ts-expect-error: there is no such option
  createAvatarClient({ ...right, ttl: 5 });
  // @ts-expect-error: there is no such policy
  createAvatarClient({ ...right, cachePolicy: 'all' });
  // @ts-expect-error: the sign-in is asked for before each call, since it runs out
  createAvatarClient({ ...right, getAuthorization: 'tma x' });
  // @ts-expect-error: the scope is a string
  createAvatarClient({ ...right, scope: 42 });
}

test('what is right compiles, and each mistake here is one', () => {
  // They are read by the compiler alone.
  expect([refusedUses, refusedOptions]).toHaveLength(2);
  expect(createAvatarClient(right).getSnapshot('7', 150).status).toBe('idle');
});
