import { describe, expect, test } from 'vitest';
import { DEFAULTS, readOptions } from '../../../client/core/options.ts';
import type { AvatarClientOptions } from '../../../client/core/types.ts';

const right: AvatarClientOptions = {
  endpoint: 'https://d111111abcdef8.cloudfront.net',
  scope: '42',
  getAuthorization: () => 'tma x',
};

describe('the options', () => {
  test('are filled in where they are left out', () => {
    expect(readOptions(right)).toEqual({ ...right, ...DEFAULTS });
  });

  test.each([
    [
      'endpoint',
      'https://cdn.example/',
      'endpoint is "https://cdn.example/": give an origin, as https://cdn.example',
    ],
    [
      'endpoint',
      'cdn.example',
      'endpoint is "cdn.example": give an origin, as https://cdn.example',
    ],
    ['scope', 42, "scope is 42: give the user's id as a string"],
    ['scope', '', 'scope is "": give the user\'s id as a string'],
    ['staleTime', -1, 'staleTime is -1: give a number from 0'],
    ['gcTime', Number.NaN, 'gcTime is null: give a number from 0'],
    ['maxAge', 'a day', 'maxAge is "a day": give a number from 0'],
    ['maxEntries', -5, 'maxEntries is -5: give a number from 0'],
    ['maxBytes', -5, 'maxBytes is -5: give a number from 0'],
    ['cachePolicy', 'all', 'cachePolicy is "all": give none, memory, disk or memory-disk'],
  ])('refuse %s %j in a line that says what to give', (name, value, line) => {
    const given = { ...right, [name]: value } as AvatarClientOptions;

    expect(() => readOptions(given)).toThrow(new TypeError(line));
  });

  test('never print what stands in the place of getAuthorization', () => {
    const given = { ...right, getAuthorization: 'tma secret' } as unknown as AvatarClientOptions;

    expect(() => readOptions(given)).toThrow(
      new TypeError('getAuthorization is "string": give a function'),
    );
  });
});
