// The package's `./sw`: routes for a service worker of one's own.

export { type AvatarRoutesOptions, registerAvatarRoutes } from './register-avatar-routes.ts';
