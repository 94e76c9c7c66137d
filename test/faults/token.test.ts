// A bot token that is rotated: whoever has the old one waits for the new one.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rotateToken } from '../../local/bot-api/control.ts';
import { TOKEN } from '../lambdas/deployed.ts';
import { errorNamesOf, takeLines } from '../lambdas/log-lines.ts';
import { ALL_DONE, CALLS } from './constants.ts';
import { during } from './during.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { changed, replaced, shownOf, untouched } from './replacement.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

describe('fault 39: a token that is rotated while jobs are in flight', () => {
  // Whatever looks for the first one finds these, too.
  const ROTATED = CALLS.map((call) => `${TOKEN}-${call}`);
  afterEach(() => fleet.deployed.putBotToken(TOKEN));

  test('before any of a fetch’s calls: it fails as transient, and succeeds with the new one', async () => {
    for (const [n, call] of CALLS.entries()) {
      const photos = await changed(fleet);
      const [token = ''] = ROTATED.slice(n);
      const before = CALLS[n - 1];
      const rotate = async () => {
        await rotateToken(fleet.apiRoot, token);
        fleet.deployed.putBotToken(token);
      };
      if (!before) await rotate();
      fleet.deployed.takeLog();

      if (before) await during(fleet, before, rotate);
      else await fleet.deployed.deliver('fetch');

      expect(errorNamesOf(takeLines(fleet.deployed)), call).toEqual(['TelegramUnauthorized']);
      expect(await shownOf(fleet, photos)).toEqual(untouched(photos));
      expect(await receivesAfterPause()).toEqual(['1']);
      expect(await shownOf(fleet, photos)).toEqual(replaced(photos));
    }
  });

  test('uses up no receive, though its owner takes a quarter of an hour for the secret', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    const [token = ''] = ROTATED;
    await rotateToken(fleet.apiRoot, token);

    for (let minutes = 0; minutes < 15; minutes++) {
      await fleet.deployed.deliver('fetch');
      // The pause of a minute, and what a busy machine sends late.
      fleet.pass(70_000);
    }
    fleet.deployed.putBotToken(token);

    expect(await receivesAfterPause()).toEqual(['1']);
    await fleet.expectStored(partner);
    expect(await fleet.calls()).toEqual({ lists: 16, files: 1, downloads: 1 });
  });

  /** Lets the pause end; how often each message had been received when its job was done. */
  async function receivesAfterPause(): Promise<unknown[]> {
    fleet.pass(
      Math.max(0, (await fleet.deployed.world.budget.pausedUntilMs()) - Date.now()) + 10_000,
    );
    const { event, response } = await fleet.deployed.deliver('fetch');
    expect(response).toEqual(ALL_DONE);
    return event.Records.map(({ attributes }) => attributes.ApproximateReceiveCount);
  }
});
