import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { feedTag, photoText } from '../../../core/change-feed.ts';
import { setUpClientWorld, show, snapshot } from './client-page.ts';

const tagOf = (text: string) => {
  const digest = createHash('sha256').update(text).digest();
  return feedTag(Uint8Array.from(digest).buffer);
};

describe('live updates', () => {
  const world = setUpClientWorld();

  function answerFeed() {
    const { avatarId, photoId } = world.server.record('7');
    const photo = tagOf(photoText(avatarId, photoId ?? ''));
    const changes = [{ partner: tagOf(avatarId), photo, changedAtMs: Date.now() }];
    world.server.intercept(({ url }, response) => {
      if (!url?.endsWith('/changes')) return false;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ windowMs: 300_000, changes }));
      return true;
    });
  }

  test('bring a photo that changed, in one call, and are counted', async () => {
    world.server.setPhoto('7', 'old');
    const page = await world.open({ live: true });
    await show(page, '7');
    world.server.setPhoto('7', 'new');

    answerFeed();

    const photoId = async () => (await snapshot(page, '7')).record?.photoId;
    await expect.poll(photoId, { timeout: 15_000 }).toBe('new');
    expect(world.server.resolves()).toHaveLength(2);
    const stats = await page.evaluate(() => window.client.monitor.getStats());
    expect(stats.livePolls).toBeGreaterThan(0);
    expect(stats.apiCalls).toBe(2);
  });
});
