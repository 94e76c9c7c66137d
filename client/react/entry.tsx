// The package's `./react`.

export { AvatarProvider, type AvatarProviderProps } from './avatar-provider.tsx';
export { ProfilePicture, type ProfilePictureProps } from './profile-picture.tsx';
export {
  ProfilePictureGroup,
  type ProfilePictureGroupPerson,
  type ProfilePictureGroupProps,
} from './profile-picture-group.tsx';
export { useAvatarStats } from './use-avatar-stats.ts';
export { type UseProfilePictureOptions, useProfilePicture } from './use-profile-picture.ts';
