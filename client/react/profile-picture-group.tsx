// Overlapping pictures of the first few, and how many more there are.

import type { CSSProperties } from 'react';
import { ProfilePicture } from './profile-picture.tsx';
import type { RootProps } from './root-props.ts';

/** One of a group, with the name if the page has it. */
export interface ProfilePictureGroupPerson {
  readonly userId: string;
  readonly name?: string | undefined;
}

/** What a ProfilePictureGroup takes; whatever else a `<span>` takes goes to its root element. */
export interface ProfilePictureGroupProps extends RootProps {
  /** Everybody in the group, each once, as ids or with names: only those who are shown are asked for, in one call. */
  readonly people: readonly (string | ProfilePictureGroupPerson)[];
  /** How many are shown. Default: 4. */
  readonly max?: number | undefined;
  /** Width and height of each box in CSS pixels. Default: 32. */
  readonly size?: number | undefined;
  /** Says "5 more" in the page's language. */
  readonly moreLabel?: ((count: number) => string) | undefined;
}

/** A row of pictures. Throws an Error without an AvatarProvider. */
export function ProfilePictureGroup({
  people,
  max = 4,
  size = 32,
  moreLabel = (count) => `${count} more`,
  className = '',
  style,
  ...root
}: ProfilePictureGroupProps) {
  const more = people.length - max;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <span
      role="group"
      {...root}
      className={`cameo-group ${className}`}
      style={{ '--cameo-size': `${size}px`, ...style } as CSSProperties}
    >
      {people.slice(0, max).map((person) => {
        const { userId, name } = typeof person === 'string' ? { userId: person } : person;
        return <ProfilePicture key={userId} userId={userId} name={name} size={size} />;
      })}
      {more > 0 && (
        <span className="cameo-picture cameo-more" role="img" aria-label={moreLabel(more)}>
          <span aria-hidden>+{more}</span>
        </span>
      )}
    </span>
  );
}
