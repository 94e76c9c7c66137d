// A Mini App with React: the same list, and a profile view that opens when a row is tapped.

import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { AvatarClient } from '../../../../client/core/entry.ts';
import {
  AvatarProvider,
  ProfilePicture,
  useProfilePicture,
} from '../../../../client/react/entry.ts';
import { startMiniApp } from './mini-app.ts';

startMiniApp((client, { ids }) => {
  const root = createRoot(document.getElementById('root') as HTMLElement);
  return {
    mount: async () => root.render(<Partners client={client} ids={ids} />),
    unmount: () => root.render(null),
  };
});

interface PartnersProps {
  readonly client: AvatarClient;
  readonly ids: readonly string[];
}

/** One screen at a time, as most Mini Apps have it: the list goes when a profile is opened, and comes back. */
function Partners({ client, ids }: PartnersProps) {
  const [opened, setOpened] = useState<string>();
  return (
    <AvatarProvider client={client}>
      {opened ? (
        <Profile id={opened} onBack={() => setOpened(undefined)} />
      ) : (
        <ul>
          {ids.map((id) => (
            <Row key={id} id={id} onOpen={() => setOpened(id)} />
          ))}
        </ul>
      )}
    </AvatarProvider>
  );
}

/** The name stands next to the picture, which says nothing of its own then. */
function Row({ id, onOpen }: { readonly id: string; readonly onOpen: () => void }) {
  const { record } = useProfilePicture(id, { enabled: false });
  return (
    <li data-id={id}>
      <button type="button" onClick={onOpen}>
        <ProfilePicture userId={id} size={48} alt="" />
        <span>{record?.name ?? 'Partner'}</span>
      </button>
    </li>
  );
}

function Profile({ id, onBack }: { readonly id: string; readonly onBack: () => void }) {
  return (
    <section data-profile={id} aria-label="Profile">
      <button type="button" onClick={onBack}>
        Back
      </button>
      <ProfilePicture userId={id} size={256} progressive />
    </section>
  );
}
