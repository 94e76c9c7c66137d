// Composes the tiers into one client.

import type { AvatarClient, AvatarClientOptions } from './types.ts';

/** Makes the client of one page. Throws a TypeError that names the option which is wrong. */
export function createAvatarClient(options: AvatarClientOptions): AvatarClient {
  throw new TypeError(`not there yet: ${options.endpoint}`);
}
