import { describe, expect, test } from 'vitest';
import { setUpReactWorld } from './react-page.ts';

describe('the stats in a component', () => {
  const world = setUpReactWorld((server) => {
    server.setPhoto('1', 'photo');
  });

  test('follow the client, and render nothing while it does nothing', async () => {
    const whileIdle = await world.page.evaluate(async () => {
      // Until the disk is open, what this browser can do is not known.
      await window.client.ready;
      window.stage.showStats();
      // Many times the interval, in the clock of the timer itself.
      for (let turns = 0; turns < 20; turns++) await new Promise((done) => setTimeout(done, 10));
      return window.stage.statRenders();
    });

    await world.page.evaluate(() => window.client.ensure('1', 150));
    await world.page.getByText('1', { exact: true }).waitFor();

    expect(whileIdle).toBe(1);
  });
});
