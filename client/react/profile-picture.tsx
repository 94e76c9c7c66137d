// One avatar: a box of fixed size, announced once, with the layers of its picture in it.

import type { CSSProperties, ReactNode } from 'react';
import type { AvatarStatus } from '../core/types.ts';
import { useAvatarClient } from './avatar-provider.tsx';
import { useNearViewport } from './near-viewport.ts';
import type { RootProps } from './root-props.ts';
import { gradientOf, initialsFor } from './stand-in.ts';
import { useLayers } from './use-layers.ts';
import { useProfilePicture } from './use-profile-picture.ts';
import { wantedWidth } from './wanted-width.ts';

/** What a ProfilePicture takes; whatever else a `<span>` takes goes to its root element. */
export interface ProfilePictureProps extends RootProps {
  /** Whose: a userId or an avatarId. */
  readonly userId: string;
  /** The name as the page has it, for the initials and the label. Default: the name that the record tells. */
  readonly name?: string | undefined;
  /** Width and height of the box in CSS pixels. Default: 40. */
  readonly size?: number | undefined;
  /** The label. Default: the name. `""` where the name stands next to it: then nothing is announced. */
  readonly alt?: string | undefined;
  /** For an enlarged view: the 150 px picture, then the 512 px one over it; not for whoever saves data. */
  readonly progressive?: boolean | undefined;
  /** `lazy`: asked for when it is about to be seen. Default: `eager`. */
  readonly loading?: 'eager' | 'lazy' | undefined;
  /** How long the skeleton stays still, in milliseconds, so that a quick answer is not announced by a flicker. Default: 300. */
  readonly delayMs?: number | undefined;
  /** How long a picture fades in, in milliseconds; 0 for not at all. Default: 200. */
  readonly transition?: number | undefined;
  /** Stands in for initials where there is no photo. */
  readonly fallback?: ReactNode;
  /** Called with each status but `idle`. */
  readonly onLoadingStatusChange?: ((status: AvatarStatus) => void) | undefined;
}

/** A person's photo, or what stands in for it. Throws an Error without an AvatarProvider. */
export function ProfilePicture(props: ProfilePictureProps) {
  // A recycled row begins anew: not for a frame does it show the former face.
  return <Picture key={props.userId} {...props} />;
}

function Picture({
  userId,
  name,
  size = 40,
  alt,
  progressive,
  loading,
  delayMs = 300,
  transition = 200,
  fallback,
  onLoadingStatusChange,
  className = '',
  style,
  ...root
}: ProfilePictureProps) {
  const client = useAvatarClient();
  const [isNear, near] = useNearViewport();
  const enabled = loading !== 'lazy' || isNear;
  const snapshot = useProfilePicture(userId, { size: wantedWidth(size, progressive), enabled });
  const { record, lqip } = snapshot;
  const { images, settled, isWaiting, events } = useLayers(
    snapshot,
    () => client.invalidate([userId]),
    onLoadingStatusChange,
  );
  // Announced once, or, without a word for it, not at all: no layer is.
  const label = alt ?? (name || record?.name);

  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: there is a label only where there is the role.
    <span
      role={label && 'img'}
      aria-label={label}
      {...root}
      className={`cameo-picture ${className}`}
      style={
        {
          '--cameo-size': `${size}px`,
          '--cameo-delay': `${delayMs}ms`,
          // In no time at all it would not end, and so not tell that the picture is there.
          '--cameo-transition': `${transition || 1}ms`,
          '--cameo-gradient': gradientOf(userId, record),
          ...style,
        } as CSSProperties
      }
    >
      {isWaiting && <span className="cameo-skeleton" />}
      {!settled && (
        <span aria-hidden className={`cameo-initials ${isWaiting ? 'cameo-waiting' : ''}`}>
          {fallback ?? initialsFor(name, record)}
        </span>
      )}
      {isWaiting && lqip && <img className="cameo-lqip" src={lqip} alt="" />}
      {[...images].map(
        (image) =>
          image && (
            <img
              key={image}
              className={image === settled ? '' : 'cameo-fading'}
              src={image}
              alt=""
              // The client has decoded it; a browser that decodes again must not paint a frame without it.
              decoding="sync"
              {...events}
            />
          ),
      )}
      {!enabled && <span ref={near} />}
    </span>
  );
}
