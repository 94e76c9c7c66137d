// What the author of a Mini App writes: the package's imports, and nothing of this repository's.

import { type AvatarStats, createAvatarClient } from 'cameo-client';
import { AvatarProvider, ProfilePicture, useAvatarStats } from 'cameo-client/react';
import { createRoot } from 'react-dom/client';

const client = createAvatarClient({
  endpoint: location.origin,
  scope: 'me',
  getAuthorization: () => 'tma initData',
});

function Requests() {
  const { requests }: AvatarStats = useAvatarStats();
  return <output>{requests}</output>;
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <AvatarProvider client={client}>
    <ProfilePicture userId="42" name="Ada Lovelace" size={64} />
    <Requests />
  </AvatarProvider>,
);
