// What axe-core finds on a page, as a person with other eyes or ears would.

import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The findings of what is shown now, each with the elements that it is about; empty where all is well. */
export async function axeFindings(page: Page): Promise<string[]> {
  // A fade under way has other colours than what is read in the end.
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
        .map(({ finished }) => finished.catch(() => undefined)),
    ),
  );
  // By the debugger's way in, which the page's policy has no say in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}
