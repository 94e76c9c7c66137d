// A service worker of somebody's own, with the routes of pictures in it.

import { registerAvatarRoutes } from 'cameo-client/sw';

registerAvatarRoutes({
  match: ({ hostname }) => hostname === 'avatars.example.com',
  maxEntries: 50,
});
