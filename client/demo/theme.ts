// Telegram's colours as the custom properties that its own script would set, and light or dark by what is behind the text.

import type { Launch } from './launch.ts';

const DARK = '(prefers-color-scheme: dark)';

/** Dresses the page; without Telegram's theme it follows the device, also when that changes. */
export function applyTheme(theme: Launch['theme'] = {}): void {
  const { style, dataset } = document.documentElement;
  for (const [name, colour] of Object.entries(theme)) {
    style.setProperty(`--tg-theme-${name.replaceAll('_', '-')}`, colour);
  }
  const device = matchMedia(DARK);
  const dress = () => {
    const isDark = theme.bg_color === undefined ? device.matches : isDarkColour(theme.bg_color);
    dataset.scheme = isDark ? 'dark' : 'light';
  };
  dress();
  device.addEventListener('change', dress);
}

/** Whether light text stands out of it: by the weights that sRGB has for the eye (ITU-R BT.601). */
export function isDarkColour(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number(`0x${colour.slice(at, at + 2)}`),
  );
  return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
}
