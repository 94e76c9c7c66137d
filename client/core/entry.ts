// The package's `.`: what a front end without a framework uses.

export { createAvatarClient } from './avatar-client.ts';
export type {
  AvatarClient,
  AvatarClientOptions,
  AvatarEvents,
  AvatarSnapshot,
  AvatarSource,
  AvatarStats,
  AvatarStatus,
  CachePolicy,
  PartnerRecord,
  PhotoKnowledge,
  RecentRecord,
  Size,
  SourceStats,
  UnknownRecord,
} from './types.ts';
