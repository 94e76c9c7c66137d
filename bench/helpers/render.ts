// The bare loop: the calls of renderWebp and nothing else, over as many photos as a journey has.

import { renderWebp } from '../../core/render-webp.ts';
import { photographAt, photographBytes } from '../../local/bot-api/photographs.ts';
import { answerParent } from '../helper.ts';

/** Users whose photos are to be rendered, and how many at the same time. */
export interface RenderQuestion {
  readonly userIds: readonly number[];
  readonly parallelism: number;
}

/** The time from the first to the last, and what this process spent in it, in ms. */
export interface RenderAnswer {
  readonly wallMs: number;
  readonly processorMs: number;
}

answerParent<RenderQuestion, RenderAnswer>(async ({ userIds, parallelism }) => {
  const photos = userIds.map((userId) => photographBytes(photographAt(userId % 8), 640)).values();
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const renderNext = async () => {
    for (const photo of photos) await renderWebp(photo);
  };
  await Promise.all(Array.from({ length: parallelism }, renderNext));
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAt, processorMs: (user + system) / 1000 };
});
