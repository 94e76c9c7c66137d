// What a signed-in user sees: the list, the profile over it, and the panel beside it or, on a phone, below it.

import { useLayoutEffect, useRef, useState } from 'react';
import { createAvatarClient } from '../core/entry.ts';
import type { RecentRecord } from '../core/types.ts';
import { AvatarProvider, ProfilePictureGroup } from '../react/entry.tsx';
import type { Launch } from './launch.ts';
import { LivePanel, LiveStrip } from './live-panel.tsx';
import type { Condition } from './local-actions.ts';
import { People } from './people.tsx';
import { Profile } from './profile.tsx';
import { authorizer, type Session } from './session.ts';
import { Switches } from './switches.tsx';
import { useCast } from './use-cast.ts';
import { useOpened } from './use-opened.ts';
import { type Trouble, useRecent } from './use-recent.ts';
import { nameOf } from './words.ts';

/** What the page of a user takes. */
export interface SignedInProps {
  readonly launch: Launch | undefined;
  readonly session: Session;
  readonly onSession: (session: Session) => void;
  readonly condition: Condition | undefined;
  readonly onCondition: (condition: Condition) => void;
}

/** The page of a user. */
export function SignedIn({ launch, session, onSession, condition, onCondition }: SignedInProps) {
  const { userId, accounts, hasButtons } = session;
  const signedInId = useRef(userId);
  const [authorizationOf] = useState(() => authorizer(launch));
  const [client] = useState(() =>
    createAvatarClient({
      endpoint: location.origin,
      scope: userId,
      getAuthorization: () => authorizationOf(signedInId.current),
    }),
  );
  // Before the rows ask for their pictures, and before anything is painted.
  useLayoutEffect(() => {
    signedInId.current = userId;
    client.setScope(userId);
  }, [client, userId]);
  const { partners, trouble, refresh } = useRecent(client, userId, authorizationOf);
  const { opened, open, close } = useOpened();
  useCast(hasButtons, partners, refresh);

  const profile = partners?.find((partner) => partner.userId === opened);

  return (
    <AvatarProvider client={client}>
      <div className="page">
        <main className="phone">
          <Head partners={partners} ownId={userId} trouble={trouble} />
          {hasButtons && (
            <Switches
              condition={condition}
              onCondition={onCondition}
              accounts={accounts}
              ownId={userId}
              onAccount={(other) => onSession({ ...session, userId: other })}
            />
          )}
          <People partners={partners} ownId={userId} onOpen={open} />
        </main>
        <LivePanel isLocal={accounts.length > 0} />
      </div>
      <LiveStrip />
      {profile && (
        <Profile
          partner={profile}
          hasButtons={hasButtons}
          onClosed={close}
          onErased={() => {
            client.invalidate([profile.userId]);
            void refresh();
          }}
        />
      )}
    </AvatarProvider>
  );
}

const TROUBLE_WORDS: Readonly<Record<Trouble['kind'], string>> = {
  'no answer': 'No answer: as last seen',
  'signed out': 'Signed out: open it again',
};

interface HeadProps {
  readonly partners: readonly RecentRecord[] | undefined;
  readonly ownId: string;
  readonly trouble: Trouble | undefined;
}

function Head({ partners = [], ownId, trouble }: HeadProps) {
  const own = partners.find(({ userId }) => userId === ownId);
  return (
    <header className="head">
      <h1>Recent partners</h1>
      <p className="hint" role="status">
        {trouble && TROUBLE_WORDS[trouble.kind]}
        {!trouble && own && (
          <>
            Signed in as <bdi>{nameOf(own)}</bdi>
          </>
        )}
      </p>
      <ProfilePictureGroup
        className="head-group"
        aria-label="The newest"
        people={partners.map(({ userId, name }) => ({ userId, name }))}
        max={3}
        size={36}
      />
    </header>
  );
}
