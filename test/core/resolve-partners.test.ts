import { beforeAll, describe, expect, test } from 'vitest';
import { avatarIdOf } from '../../core/avatar-id.ts';
import { InvalidInput } from '../../core/errors.ts';
import type { PartnerDirectory } from '../../core/ports.ts';
import { resolvePartners } from '../../core/resolve-partners.ts';
import { startWorld, URL_KEY, type World } from '../world.ts';

describe('resolving', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
    return world.stop;
  });

  const resolve = (ids: string[], directory: Pick<PartnerDirectory, 'many'> = world.directory) =>
    resolvePartners(directory, URL_KEY, ids);

  test('answers in the order asked for, by either id, with a gap for strangers', async () => {
    const [ada, bea] = [await world.join(1), await world.join(2)];

    const resolved = await resolve([bea.avatarId, '77', '1', '2', avatarIdOf('k', '1')]);

    expect(resolved).toEqual([bea, undefined, ada, bea, undefined]);
  });

  test('reads whoever is named twice once', async () => {
    const asked: string[][] = [];
    const many: PartnerDirectory['many'] = async (avatarIds) => {
      asked.push([...avatarIds]);
      return new Map();
    };

    await resolve(['1', '2', avatarIdOf(URL_KEY, '1')], { many });

    expect(asked).toEqual([[avatarIdOf(URL_KEY, '1'), avatarIdOf(URL_KEY, '2')]]);
  });

  test('says which id is none, and what would be one', async () => {
    const refused = resolve(['1', `${'x'.repeat(40)}y`]);

    await expect(refused).rejects.toThrow(InvalidInput);
    await expect(refused).rejects.toThrow(
      `"${'x'.repeat(40)}" is neither a Telegram user id nor an avatarId: send 1 to 16 digits without a leading zero, such as 42, or 26 characters of a to z and 2 to 7.`,
    );
  });
});
