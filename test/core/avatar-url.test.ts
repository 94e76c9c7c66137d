import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import {
  currentPath,
  evictionPaths,
  parsePhotoVersion,
  parsePlaceholder,
  photoKey,
  placeholderPath,
  versionedPath,
} from '../../core/avatar-url.ts';
import { SIZES } from '../../core/sizes.ts';
import { routes } from '../../core/topology.ts';

const versions = fc.record({
  avatarId: fc.string().map((seed) => avatarIdOf(seed, '42')),
  photoId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  size: fc.constantFrom(...SIZES),
});

describe('versioned paths', () => {
  test('are read back as they were built', () => {
    fc.assert(
      fc.property(versions, (version) => {
        const [, , avatarId = '', photoId = '', file = ''] = versionedPath(version).split('/');
        expect(parsePhotoVersion(avatarId, photoId, file)).toEqual(version);
      }),
    );
  });

  test('are the object key behind a slash, so that the edge reads the bucket directly', () => {
    fc.assert(
      fc.property(versions, (version) => versionedPath(version) === `/${photoKey(version)}`),
    );
  });

  test.each([
    ['a size that is not stored', '151.webp'],
    ['a size with a leading zero', '0150.webp'],
    ['another format', '150.png'],
    ['no size', '.webp'],
    ['a path', '../150.webp'],
    ['something behind it', '150.webp.png'],
    ['something for the dot', '150-webp'],
  ])('name nothing with %s', (_, file) => {
    expect(parsePhotoVersion(avatarIdOf('k', '42'), 'AQADphoto', file)).toBeUndefined();
  });

  test('name nothing with an avatarId that cannot be', () => {
    expect(parsePhotoVersion('a', 'AQADphoto', '150.webp')).toBeUndefined();
  });

  test('name nothing with a photoId that Telegram could not have given', () => {
    const avatarId = avatarIdOf('k', '42');
    for (const photoId of ['', '..', 'a b', 'a/b', 'a'.repeat(65)]) {
      expect(parsePhotoVersion(avatarId, photoId, '150.webp')).toBeUndefined();
    }
  });
});

describe('the current path', () => {
  test('leaves the default size out, so that one picture has one address', () => {
    expect(currentPath('a', 150)).toBe('/avatars/a');
    expect(currentPath('a', 64)).toBe('/avatars/a?size=64');
  });
});

describe('placeholder paths', () => {
  test('are read back as they were built, for any initials', () => {
    const initials = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), initials, (colour, text) => {
        fc.pre(text !== '_');
        const [, , number = '', file = ''] = placeholderPath(colour, text).split('/');
        expect(parsePlaceholder(number, decodeURIComponent(file))).toEqual({
          colour,
          initials: text,
        });
      }),
    );
  });

  test('have a sign for no initials', () => {
    expect(placeholderPath(3, '')).toBe('/placeholders/3/_.svg');
    expect(parsePlaceholder('3', '_.svg')).toEqual({ colour: 3, initials: '' });
  });

  test.each([
    ['7', 'AB.svg'],
    ['', 'AB.svg'],
    ['11', 'AB.svg'],
    ['x1', 'AB.svg'],
    ['1', 'AB'],
    ['1', '.svg'],
    ['1', 'AB.svgz'],
    ['1', 'AB-svg'],
  ])('name nothing with colour %j and file %j', (colour, file) => {
    expect(parsePlaceholder(colour, file)).toBeUndefined();
  });
});

describe('eviction paths', () => {
  const avatarId = avatarIdOf('k', '42');
  const covered = (path: string) =>
    evictionPaths(avatarId).some((evicted) => path.startsWith(evicted.slice(0, -1)));

  test('are wildcards, so that no query is left out', () => {
    expect(evictionPaths(avatarId)).toEqual([
      `/avatars/${avatarId}*`,
      `/api/partner/photo/${avatarId}*`,
    ]);
  });

  test('cover every route that shows a photo, and the paths of this partner alone', () => {
    const named = routes.map(({ key }) => key).filter((key) => key.includes('{avatarId}'));
    expect(named.length).toBeGreaterThan(0);
    for (const key of named) {
      expect(covered(key.replace(/^\w+ /, '').replace('{avatarId}', avatarId))).toBe(true);
    }

    fc.assert(
      fc.property(versions, (version) => {
        expect(covered(versionedPath({ ...version, avatarId }))).toBe(true);
        expect(covered(currentPath(avatarId, version.size))).toBe(true);
        expect(covered(versionedPath(version))).toBe(version.avatarId === avatarId);
      }),
    );
  });
});
