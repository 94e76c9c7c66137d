import { describe, expect, test } from 'vitest';
import { setUpReactWorld } from './react-page.ts';

const USER_IDS = Array.from({ length: 20 }, (_, index) => String(100 + index));

describe('the first frame', () => {
  const world = setUpReactWorld((server) => {
    for (const userId of USER_IDS) server.setPhoto(userId, `photo${userId}`);
  });

  /** Shows them all, and waits until their pictures have come in. */
  const showAll = async () => {
    await world.page.evaluate(
      (ids) => window.stage.show(ids.map((userId) => ({ userId }))),
      USER_IDS,
    );
    await world.page.waitForFunction(
      (count) =>
        document.querySelectorAll('.cameo-picture > img').length === count &&
        document.getAnimations().length === 0,
      USER_IDS.length,
    );
  };

  test('of 20 rows that were away has all pictures complete, and nothing else in their places', async () => {
    await showAll();

    const found = await world.page.evaluate((ids) => {
      window.stage.show([]);
      window.stage.show(ids.map((userId) => ({ userId })));
      const images = [...document.querySelectorAll<HTMLImageElement>('.cameo-picture > *')];
      return {
        pictures: images.map(({ complete, naturalWidth }) => complete && naturalWidth),
        animations: document.getAnimations().length,
      };
    }, USER_IDS);

    expect(found).toEqual({ pictures: USER_IDS.map(() => 150), animations: 0 });
    expect(world.server.resolves()).toHaveLength(1);
    expect(world.server.pictures()).toHaveLength(20);
  });

  test('of a recycled row has the other face, and never the former one', async () => {
    await showAll();

    const found = await world.page.evaluate(() => {
      const faceOf = (userId: string) => {
        window.stage.show([{ userId }]);
        return [...document.querySelectorAll('img')].map(({ src, complete }) => ({
          src,
          complete,
        }));
      };
      const known = window.client.getSnapshot('101', 150).src;
      faceOf('100');
      return { known, other: faceOf('101'), stranger: faceOf('999') };
    });

    expect(found.other).toEqual([{ src: found.known, complete: true }]);
    expect(found.stranger).toEqual([]);
  });
});
