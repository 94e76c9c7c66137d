// What the compiler keeps out: each line below is red if the type lets it in.

import { type ReactNode, useRef } from 'react';
import { expect, test } from 'vitest';
import {
  AvatarProvider,
  ProfilePicture,
  ProfilePictureGroup,
  type ProfilePictureProps,
  useProfilePicture,
} from '../../../client/react/entry.tsx';

function Refused(): ReactNode {
  // @ts-expect-error: only stored widths
  useProfilePicture('1', { size: 151 });
  return (
    <>
      {/* @ts-expect-error: a client is needed */}
      <AvatarProvider />
      {/* @ts-expect-error: whose? */}
      <ProfilePicture />
      {/* @ts-expect-error: an id is a string, for beyond 2^53 it is another number */}
      <ProfilePicture userId={42} />
      {/* @ts-expect-error: a box has one size, in CSS pixels */}
      <ProfilePicture userId="42" size="40px" />
      {/* @ts-expect-error: no such way */}
      <ProfilePicture userId="42" loading="auto" />
      {/* @ts-expect-error: what is in the box is the component's own */}
      <ProfilePicture userId="42">A</ProfilePicture>
      {/* @ts-expect-error: it is an image, or decoration */}
      <ProfilePicture userId="42" role="button" />
      {/* @ts-expect-error: no such status */}
      <ProfilePicture userId="42" onLoadingStatusChange={(status: 'done') => status} />
      {/* @ts-expect-error: everybody in the group */}
      <ProfilePictureGroup max={3} />
    </>
  );
}

function Accepted({ name }: Pick<ProfilePictureProps, 'name'>): ReactNode {
  const ref = useRef<HTMLSpanElement>(null);
  return (
    <>
      <ProfilePicture
        userId="42"
        name={name}
        ref={ref}
        onClick={() => ref.current?.focus()}
        data-row="1"
        style={{ '--cameo-radius': 0 }}
      />
      <ProfilePictureGroup people={['42', { userId: '43', name }]} aria-label="Readers" />
    </>
  );
}

test('the compiler refuses what would go wrong', () => {
  expect([Refused, Accepted]).toHaveLength(2);
});
