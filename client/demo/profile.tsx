// A profile: the photo as large as the phone is wide, what is known of its owner, and what can be done to both.

import { PEER_GRADIENTS } from '../../core/peer-colour.ts';
import type { PartnerRecord } from '../core/types.ts';
import { ProfilePicture, useProfilePicture } from '../react/entry.tsx';
import { Icon } from './icons.tsx';
import { Modal } from './modal.tsx';
import { ProfileButtons } from './profile-buttons.tsx';
import { ago, COLOUR_WORDS, nameOf, PHOTO_WORDS, SOURCES } from './words.ts';

/** The width that the picture has on the widest phone, in CSS pixels. */
const PHOTO_WIDTH = 430;

/** What a profile takes. */
export interface ProfileProps {
  readonly partner: PartnerRecord;
  readonly hasButtons: boolean;
  readonly onClosed: () => void;
  readonly onErased: () => void;
}

/** The profile of a partner, over the list. */
export function Profile({ partner, hasButtons, onClosed, onErased }: ProfileProps) {
  return (
    <Modal className="profile" labelledBy="profile-name" onClosed={onClosed}>
      {(close) => (
        <>
          <div className="profile-photo">
            <ProfilePicture
              userId={partner.userId}
              name={partner.name || undefined}
              size={PHOTO_WIDTH}
              alt={nameOf(partner)}
              progressive
              className="profile-picture"
            />
            <button type="button" className="round back" onClick={close}>
              <Icon name="back" />
              <span className="visually-hidden">Back to the list</span>
            </button>
            <h2 id="profile-name">
              <bdi>{nameOf(partner)}</bdi>
            </h2>
          </div>
          <Facts partner={partner} />
          {hasButtons && (
            <ProfileButtons
              partner={partner}
              onErased={() => {
                onErased();
                close();
              }}
            />
          )}
        </>
      )}
    </Modal>
  );
}

function Facts({
  partner: { userId, username, colour, checkedAt, state, initials },
}: {
  readonly partner: PartnerRecord;
}) {
  const { source, srcSize, photo = state } = useProfilePicture(userId, { size: 512 });
  const from = SOURCES.find(([name]) => name === source)?.[1];
  const standIn = initials ? 'Initials' : 'A silhouette';
  const shown = srcSize && from ? `${srcSize} px, ${from}` : standIn;
  return (
    <dl className="card facts">
      {username && <Fact name="Username" value={`@${username}`} />}
      <Fact name="User id" value={userId} />
      <div>
        <dt>Peer colour</dt>
        <dd>
          <span className="swatch" style={{ background: PEER_GRADIENTS[colour]?.[1] }} />
          {COLOUR_WORDS[colour]}
        </dd>
      </div>
      <Fact name="At Telegram" value={PHOTO_WORDS[photo]} />
      <Fact name="Shown" value={shown} />
      <Fact name="Telegram asked" value={checkedAt ? ago(checkedAt, Date.now()) : 'not yet'} />
    </dl>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}
