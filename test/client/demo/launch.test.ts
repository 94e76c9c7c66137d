import { describe, expect, test } from 'vitest';
import { readLaunch } from '../../../client/demo/launch.ts';

const USER = { id: 42, first_name: 'Ada' };
const initData = new URLSearchParams({ user: JSON.stringify(USER), hash: 'a1' }).toString();

function hashOf(theme: unknown): string {
  const parameters = { tgWebAppData: initData, tgWebAppThemeParams: JSON.stringify(theme) };
  return `#${new URLSearchParams(parameters)}`;
}

function memory(): Pick<Storage, 'getItem' | 'setItem'> {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      items.set(key, value);
    },
  };
}

describe('a launch', () => {
  test('is the sign-in as Telegram signed it, its user and its colours', () => {
    const launch = readLaunch(hashOf({ bg_color: '#17212b' }), memory);

    expect(launch).toEqual({ initData, userId: '42', theme: { bg_color: '#17212b' } });
  });

  test('is remembered when the address has lost it', () => {
    const kept = memory();

    readLaunch(hashOf({}), () => kept);

    expect(readLaunch('', () => kept)?.userId).toBe('42');
  });

  test('needs no memory', () => {
    const forbidden = () => {
      throw new Error('SecurityError');
    };

    expect(readLaunch(hashOf({}), forbidden)?.userId).toBe('42');
    expect(readLaunch('', forbidden)).toBeUndefined();
  });

  test.each([
    [{ bg_color: 'url(https://evil.example)' }],
    [{ 'x;y': '#ffffff' }],
    [['#ffffff']],
    ['dark'],
  ])('takes no colour but a colour: %j', (theme) => {
    expect(readLaunch(hashOf(theme), memory)?.theme).toEqual({});
  });

  test.each(['', '#top', '#tgWebAppData=', '#tgWebAppData=user%3D%7B', '#tgWebAppData=a%3Db'])(
    'is none: %s',
    (hash) => {
      expect(readLaunch(hash, memory)).toBeUndefined();
    },
  );
});
