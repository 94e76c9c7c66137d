import { describe, expect, test } from 'vitest';
import { setUpReactWorld } from './react-page.ts';

describe('the look', () => {
  const world = setUpReactWorld((server) => {
    server.setPhoto('1', 'photo');
  });

  const look = (property: string, selector = '.cameo-picture') =>
    world.page
      .locator(selector)
      .last()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
  const style = (content: string) => world.page.addStyleTag({ content });
  const show = () =>
    world.page.evaluate(() => window.stage.show([{ userId: '9', className: 'mine' }]));
  const showGroup = () =>
    world.page.evaluate(() => window.stage.showGroup({ people: ['1', '2'], max: 1 }));

  test('is dark where the system is', async () => {
    await show();

    const light = await look('background-color');
    await world.page.emulateMedia({ colorScheme: 'dark' });
    const dark = await look('background-color');

    expect(lightness(light)).toBeGreaterThan(0.85);
    expect(lightness(dark)).toBeLessThan(0.25);
  });

  test('is that of the Telegram theme, whatever the system is', async () => {
    await world.page.emulateMedia({ colorScheme: 'dark' });
    await style(
      ':root{--tg-theme-secondary-bg-color:#010203;--tg-theme-bg-color:#040506;--tg-theme-text-color:#070809}',
    );

    await showGroup();

    expect(await look('background-color', '.cameo-more')).toBe('rgb(1, 2, 3)');
    expect(await look('color', '.cameo-more')).toBe('rgb(7, 8, 9)');
    expect(await look('box-shadow', '.cameo-more')).toContain('rgb(4, 5, 6)');
  });

  test('is what the page sets, before the theme', async () => {
    await style(
      `:root{--tg-theme-secondary-bg-color:#010203;--cameo-background:#0a0b0c;--cameo-radius:9px;
      --cameo-ring:#0d0e0f;--cameo-font:cursive}`,
    );

    await showGroup();

    expect(await look('background-color', '.cameo-more')).toBe('rgb(10, 11, 12)');
    expect(await look('border-radius', '.cameo-more')).toBe('9px');
    expect(await look('box-shadow', '.cameo-more')).toContain('rgb(13, 14, 15)');
    expect(await look('font-family', '.cameo-more')).toBe('cursive');
  });

  test('gives way to any rule of the page', async () => {
    await style('span{border-radius:3px} .mine{width:70px}');

    await show();

    expect(await look('border-radius')).toBe('3px');
    expect(await look('width')).toBe('70px');
  });

  test('stays square under the resets that style sheets begin with', async () => {
    await style('*{box-sizing:border-box;margin:0} img{display:block;max-width:100%;height:auto}');

    await world.page.evaluate(() => window.stage.show([{ userId: '1', size: 48 }]));
    const picture = world.page.locator('.cameo-picture > img:only-child');
    await picture.waitFor();

    expect(await picture.boundingBox()).toMatchObject({ width: 48, height: 48 });
  });

  test('keeps its size in a row that has no room', async () => {
    await style('main{display:flex;width:60px}');

    await world.page.evaluate(() =>
      window.stage.show([
        { userId: '1', size: 48 },
        { userId: '2', size: 48 },
      ]),
    );

    expect(await look('width')).toBe('48px');
  });

  test('of a group goes the way that the page is read', async () => {
    await world.page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });

    await showGroup();

    const [first, more] = await Promise.all(
      ['.cameo-picture', '.cameo-more'].map((selector) =>
        world.page.locator(selector).first().boundingBox(),
      ),
    );
    // A quarter of 32 px lies over the one before.
    expect((first?.x ?? 0) - (more?.x ?? 0)).toBe(24);
  });

  test('has one style element, with the nonce that was given', async () => {
    await world.page.evaluate(() => window.stage.show([{ userId: '9' }], 'number-once'));

    const nonces = await world.page
      .locator('main style')
      .evaluateAll((all) => all.map((each) => (each as HTMLStyleElement).nonce));
    expect(nonces).toEqual(['number-once']);
  });
});

/** 0 is black and 1 white; of `rgb(…)` in 0–255 or `color(srgb …)` in 0–1. */
function lightness(colour: string): number {
  const [first = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return colour.startsWith('rgb') ? first / 255 : first;
}
