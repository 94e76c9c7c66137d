import { describe, expect, test } from 'vitest';
import { isPictureRequest, photoVersionOf } from '../../../client/sw/avatar-request.ts';

const AVATAR_ID = 'a'.repeat(26);
const PATH = `/avatars/${AVATAR_ID}/AQADphoto/150.webp`;
const CDN = 'https://cdn.example';

describe('the pictures that are kept', () => {
  test('are the versioned ones, of any origin', () => {
    const version = { avatarId: AVATAR_ID, photoId: 'AQADphoto', size: 150 };

    expect(photoVersionOf(new URL(PATH, CDN))).toEqual(version);
    expect(photoVersionOf(new URL(PATH, 'http://127.0.0.1:8080'))).toEqual(version);
  });

  test.each([
    ['the current photo', `/avatars/${AVATAR_ID}`],
    ['the current photo in a width', `/avatars/${AVATAR_ID}?size=512`],
    ['the API', '/api/partner/recent?limit=50'],
    ['an older path of the current photo', `/api/partner/photo/${AVATAR_ID}`],
    ['a placeholder', '/placeholders/3/AB.svg'],
    ['a query', `${PATH}?v=2`],
    ['a width that is not stored', PATH.replace('150', '151')],
    ['another file', PATH.replace('webp', 'svg')],
    ['what is no avatarId', PATH.replace('aaa', 'AAA')],
    ['a longer path', `${PATH}/more`],
    ['a path under another', `/x${PATH}`],
  ])('are not %s', (_, path) => {
    expect(photoVersionOf(new URL(path, CDN))).toBeUndefined();
  });
});

describe('a request for one', () => {
  const asked = { url: new URL(PATH, CDN), sameOrigin: false };
  const headers = new Headers();

  test.each<[RequestMode, boolean, boolean]>([
    ['cors', false, true],
    ['cors', true, true],
    ['no-cors', true, true],
    ['no-cors', false, false],
    ['navigate', true, false],
    ['navigate', false, false],
  ])('in mode %s, same origin: %s, is answered: %s', (mode, sameOrigin, isAnswered) => {
    expect(isPictureRequest({ ...asked, sameOrigin, request: { mode, headers } })).toBe(isAnswered);
  });

  test('for a part of it goes its way', () => {
    const request = { mode: 'cors', headers: new Headers({ range: 'bytes=0-9' }) } as const;

    expect(isPictureRequest({ ...asked, request })).toBe(false);
  });
});
