import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import { describe, expect, test } from 'vitest';
import { setUpReactWorld } from './react-page.ts';

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

describe('to whoever does not see it, a picture', () => {
  const world = setUpReactWorld((server) => {
    server.setPhoto('1', 'photo');
    server.setPhoto('2', null);
  });

  /** What a screen reader gets from the browser. */
  const announced = async () => {
    const session = await world.phone.newCDPSession(world.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    return nodes
      .filter(({ ignored }) => !ignored)
      .map(({ role, name }) => `${role?.value} ${name?.value}`)
      .filter((node) => !/^(RootWebArea|main|generic) /.test(node));
  };

  test('is announced once, by its label, else the name, else the name that the record tells', async () => {
    await world.page.evaluate(() =>
      window.stage.show([
        { userId: '1', name: 'Ada', alt: 'Photo of Ada' },
        { userId: '1', name: 'Ada' },
        { userId: '2', name: '' },
        { userId: '2' },
      ]),
    );
    await world.page.getByLabel('Name of 2').last().waitFor();

    expect(await announced()).toEqual([
      'image Photo of Ada',
      'image Ada',
      'image Name of 2',
      'image Name of 2',
    ]);
  });

  test('is not announced where the name stands next to it, nor where there is no word for it', async () => {
    await world.page.evaluate(() =>
      window.stage.show([
        { userId: '1', name: 'Ada', alt: '' },
        { userId: '999' },
        { userId: '2', alt: '' },
      ]),
    );
    await world.page.locator('.cameo-initials:not(.cameo-waiting)').last().waitFor();

    expect(await announced()).toEqual([]);
  });

  test('of a group is told with the others, and how many more there are', async () => {
    await world.page.evaluate(() =>
      window.stage.showGroup({
        people: ['1', { userId: '2', name: 'Bo' }, '3', '4', '5'],
        max: 2,
        'aria-label': 'Readers',
      }),
    );
    await world.page.getByLabel('Name of 1').waitFor();

    expect(await announced()).toEqual([
      'group Readers',
      'image Name of 1',
      'image Bo',
      'image 3 more',
    ]);
    expect(world.server.resolves().map(({ ids }) => ids)).toEqual([['1', '2']]);
  });

  test.each(['light', 'dark'] as const)('has nothing that axe finds, %s', async (colorScheme) => {
    await world.page.emulateMedia({ colorScheme });
    await world.page.evaluate(() =>
      window.stage.show([
        { userId: '1', name: 'Ada' },
        { userId: '2', name: 'Bo' },
        { userId: '1', alt: '' },
        { userId: '999' },
      ]),
    );
    await world.page.locator('.cameo-initials:not(.cameo-waiting)').last().waitFor();
    await world.page.evaluate(AXE);
    const find = () =>
      world.page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(root: string): Promise<AxeResults> };
        };
        return (await axe.run('main')).violations.map(({ id, help }) => `${id}: ${help}`);
      });

    const ofPictures = await find();
    await world.page.evaluate(() => window.stage.showGroup({ people: ['1', '2', '3'], max: 2 }));
    const ofGroup = await find();

    expect({ ofPictures, ofGroup }).toEqual({ ofPictures: [], ofGroup: [] });
  });
});
