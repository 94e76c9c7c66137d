// The list: rows of a fixed height, so that nothing moves when pictures and names come.

import type { RecentRecord } from '../core/types.ts';
import { ProfilePicture, useProfilePicture } from '../react/entry.tsx';
import { Icon } from './icons.tsx';
import { handleOf, nameOf, PHOTO_WORDS } from './words.ts';

const SKELETON_ROWS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** What the list takes; `partners` is undefined until there is an answer. */
export interface PeopleProps {
  readonly partners: readonly RecentRecord[] | undefined;
  readonly ownId?: string;
  readonly onOpen?: (userId: string) => void;
}

/** The newest partners. */
export function People({ partners, ownId, onOpen }: PeopleProps) {
  if (!partners) return <Waiting />;
  if (partners.length === 0) {
    return <p className="card notice">Nobody has joined yet. Whoever does is here at once.</p>;
  }
  return (
    <ul className="card people" aria-label="Recent partners">
      {partners.map((partner) => (
        <li key={partner.userId}>
          <Row partner={partner} isOwn={partner.userId === ownId} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  );
}

interface RowProps {
  readonly partner: RecentRecord;
  readonly isOwn: boolean;
  readonly onOpen: ((userId: string) => void) | undefined;
}

function Row({ partner, isOwn, onOpen }: RowProps) {
  const { userId, name, state } = partner;
  // The client knows of a photo sooner than the next list does.
  const { photo = state } = useProfilePicture(userId, { enabled: false });
  return (
    <button type="button" className="row" onClick={() => onOpen?.(userId)}>
      <ProfilePicture userId={userId} name={name || undefined} size={52} alt="" />
      <span className="row-text">
        <span className="row-name">
          {/* Whatever direction a name has, it ends with the name. */}
          <bdi>{nameOf(partner)}</bdi>
          {isOwn && <span className="badge">You</span>}
        </span>
        <span className="hint row-handle" data-photo={photo}>
          <bdi>{handleOf(partner)}</bdi>
          {/* A photo speaks for itself. */}
          {photo !== 'stored' && ` · ${PHOTO_WORDS[photo]}`}
        </span>
      </span>
      <Icon name="next" />
    </button>
  );
}

function Waiting() {
  return (
    <ul className="card people" aria-busy="true" aria-label="Recent partners">
      {SKELETON_ROWS.map((row) => (
        <li key={row} className="row" aria-hidden="true">
          <span className="bone bone-face" />
          <span className="row-text">
            <span className="bone" />
            <span className="bone bone-short" />
          </span>
        </li>
      ))}
    </ul>
  );
}
