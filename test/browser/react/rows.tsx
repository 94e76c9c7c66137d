// A list as a server renders it and a page takes it over.

import type { AvatarClient } from '../../../client/core/types.ts';
import { AvatarProvider, ProfilePicture } from '../../../client/react/entry.tsx';

/** The rows of these users, named after their ids. */
export function Rows(props: {
  readonly client: AvatarClient;
  readonly userIds: readonly string[];
}) {
  return (
    <AvatarProvider client={props.client} nonce="number-once">
      <ul>
        {props.userIds.map((userId) => (
          <li key={userId}>
            <ProfilePicture userId={userId} name={`Ada ${userId}`} />
          </li>
        ))}
      </ul>
    </AvatarProvider>
  );
}
