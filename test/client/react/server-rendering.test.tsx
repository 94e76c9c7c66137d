import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createAvatarClient } from '../../../client/core/avatar-client.ts';
import type { AvatarClient } from '../../../client/core/types.ts';
import {
  AvatarProvider,
  ProfilePicture,
  ProfilePictureGroup,
  useAvatarStats,
  useProfilePicture,
} from '../../../client/react/entry.tsx';

const client = createAvatarClient({
  endpoint: 'https://avatars.example.com',
  scope: '1',
  getAuthorization: () => 'tma x',
});

function Hook() {
  return useProfilePicture('42').status;
}

function Stats() {
  return useAvatarStats().requests;
}

describe('on a server', () => {
  test('a picture is its box, its label and its initials, of whatever the client knows nothing', () => {
    const asked: AvatarClient = {
      ...client,
      getSnapshot: () => {
        throw new Error('a server asks for nothing');
      },
    };

    const html = renderToStaticMarkup(
      <AvatarProvider client={asked} nonce="number-once">
        <ProfilePicture userId="42" name="Ada Lovelace" size={48} id="ada" className="mine" />
        <Hook />
      </AvatarProvider>,
    );

    const [, style = '', rest = ''] =
      /^(<style nonce="number-once">.*<\/style>)(.*)$/.exec(html) ?? [];
    // What is quoted would be shown as it is: a style sheet knows no entities.
    expect(style).not.toMatch(/&\w+;/);
    expect(rest).toBe(
      '<span role="img" aria-label="Ada Lovelace" id="ada" class="cameo-picture mine" ' +
        'style="--cameo-size:48px;--cameo-delay:300ms;--cameo-transition:200ms;--cameo-gradient:linear-gradient(#ff885e,#ff516a)">' +
        '<span class="cameo-skeleton"></span><span aria-hidden="true" class="cameo-initials cameo-waiting">AL</span></span>idle',
    );
  });

  test.each([
    ['ProfilePicture', <ProfilePicture key="a" userId="42" />],
    ['ProfilePictureGroup', <ProfilePictureGroup key="a" people={['42']} />],
    ['useProfilePicture', <Hook key="a" />],
    ['useAvatarStats', <Stats key="a" />],
  ])('%s says in one line what is missing above it', (_, element) => {
    expect(() => renderToStaticMarkup(element)).toThrow(
      /^cameo-client: there is no <AvatarProvider> above$/,
    );
  });

  test('the stats are those of its own client', () => {
    const html = renderToStaticMarkup(
      <AvatarProvider client={client}>
        <Stats />
      </AvatarProvider>,
    );

    expect(html).toMatch(/<\/style>0$/);
  });
});
