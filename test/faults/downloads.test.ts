// Photos that Telegram hands out in part, without an end, or under a link that is over.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { telegram } from '../../adapters/telegram.ts';
import { PAUSE_READ_EVERY_MS } from '../../core/paced-telegram.ts';
import { readCounters, setPhoto } from '../../local/bot-api/control.ts';
import type { FaultEffect } from '../../local/bot-api/fault.ts';
import { TOKEN } from '../lambdas/deployed.ts';
import { jpegWithThumbnail } from '../thumbnail-jpeg.ts';
import { ALL_DONE, ONE_FETCH } from './constants.ts';
import { during } from './during.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { changed, replaced, shownOf, untouched } from './replacement.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  return fleet.stop;
});
afterEach(() => fleet.tidy());

describe('fault 22: a link that is over', () => {
  const over = { call: 'download', effect: 'error', status: 404 } as const;

  test('is replaced by one new getFile', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault(over);

    expect(await fleet.failures()).toBe(0);

    expect(await fleet.calls()).toEqual({ lists: 1, files: 2, downloads: 2 });
    await fleet.expectStored(partner);
  });

  test('is not replaced a second time, but later', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault({ ...over, times: 2 });

    expect(await fleet.failures()).toBe(1);

    expect(await fleet.calls()).toEqual({ lists: 1, files: 2, downloads: 2 });
    await fleet.settle();
    await fleet.expectStored(partner);
  });

  test('is not replaced into a pause that another worker was told of meanwhile', async () => {
    const partner = await fleet.newPartner();
    await fleet.ask(partner);
    await fleet.fault(over);

    await during(fleet, 'download', async () => {
      await fleet.deployed.world.budget.pause('throttled', Date.now() + 35_000, Date.now());
      // The worker has read a moment ago that there is none.
      fleet.pass(PAUSE_READ_EVERY_MS);
    });

    expect(await fleet.calls()).toEqual(ONE_FETCH);
    await fleet.settle();
    await fleet.expectStored(partner);
  });
});

describe('fault 23: a download', () => {
  const WITHOUT_LENGTH = {
    call: 'getFile',
    effect: 'merge',
    result: { file_size: null },
  } as const;

  test.each<[string, FaultEffect, boolean]>([
    ['that is shorter than Telegram said', { effect: 'short' }, true],
    ['that is cut', { effect: 'cut' }, true],
    ['that is empty', { effect: 'empty' }, true],
    ['that is half a JPEG of a length that nobody said', { effect: 'short' }, false],
    ['that is empty and of a length that nobody said', { effect: 'empty' }, false],
  ])('%s is not committed; the old photo is kept until it is whole', async (_, effect, isSaid) => {
    const photos = await changed(fleet);
    if (!isSaid) await fleet.fault(WITHOUT_LENGTH);
    await fleet.fault({ call: 'download', ...effect });

    expect(await fleet.failures()).toBe(1);
    expect(await shownOf(fleet, photos)).toEqual(untouched(photos));
    await fleet.settle();

    expect(await shownOf(fleet, photos)).toEqual(replaced(photos));
  });

  test('that is cut behind the thumbnail in its header is not taken for a photo that can never be shown', async () => {
    const partner = await fleet.newPartner();
    const { jpeg } = await jpegWithThumbnail();
    await setPhoto(fleet.apiRoot, Number(partner.userId), jpeg);
    await fleet.ask(partner);
    await fleet.fault(WITHOUT_LENGTH);
    await fleet.fault({ call: 'download', effect: 'short' });

    expect(await fleet.failures()).toBe(1);
    expect(await fleet.stored(partner)).not.toHaveProperty('checkedAtMs');
    await fleet.settle();

    await fleet.expectStored(partner);
  });
});

describe('fault 24: a download over the cap', () => {
  const MEGABYTE = 1024 * 1024;
  const CAP_BYTES = 4 * MEGABYTE;
  // What the systems on both sides take before they make the sender wait.
  const SOCKET_BYTES = 16 * MEGABYTE;

  test('without an end is left, and asked for no more: the old photo is kept', async () => {
    const photos = await changed(fleet);
    await fleet.fault({ call: 'download', effect: 'endless' });

    expect(await fleet.deployed.deliver('fetch')).toMatchObject({ response: ALL_DONE });

    expect(await shownOf(fleet, photos)).toEqual({ ...untouched(photos), isChecked: true });
    await expect.poll(async () => (await readCounters(fleet.apiRoot)).inFlight).toBe(0);
    expect(await fleet.waiting(fleet.deployed.world.resources.queues.fetch.url)).toBe(0);
  });

  test('whose length says so is left, too', async () => {
    const partner = await fleet.newPartner();
    await setPhoto(fleet.apiRoot, Number(partner.userId), Buffer.alloc(CAP_BYTES + 1, 'x'));
    await fleet.ask(partner);

    expect(await fleet.failures()).toBe(0);

    const stored = await fleet.stored(partner);
    expect(stored).toHaveProperty('checkedAtMs');
    expect(stored).not.toHaveProperty('photo');
  });

  test.each([
    ['nothing', ''],
    ['a gigabyte', `content-length: ${1024 * MEGABYTE}\r\n`],
    ['chunks', 'transfer-encoding: chunked\r\n'],
  ])('is not read further, though its header says %s', async (_, header) => {
    const server = await endlessServer(header);
    const botApi = telegram(server.url, { read: async () => TOKEN, forget: () => {} });
    const { signal } = new AbortController();
    const file = { photoId: 'p', fileId: 'f', path: 'photos/file_1.jpg' };

    await expect(botApi.download(file, signal)).rejects.toMatchObject({ name: 'PhotoRejected' });

    expect(await server.sentBytes).toBeLessThan(CAP_BYTES + SOCKET_BYTES);
  });

  /** Sends until the client goes away, but for a quarter of a gigabyte: a client without a cap must end, too. */
  async function endlessServer(header: string) {
    const chunk = Buffer.alloc(MEGABYTE, 'x');
    const framed = header.includes('chunked')
      ? Buffer.concat([Buffer.from(`${MEGABYTE.toString(16)}\r\n`), chunk, Buffer.from('\r\n')])
      : chunk;
    const sent = Promise.withResolvers<number>();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('close', () => sent.resolve(socket.bytesWritten - socket.writableLength));
      socket.once('data', async () => {
        socket.write(`HTTP/1.1 200 OK\r\n${header}\r\n`);
        for (let megabytes = 0; megabytes < 256 && !socket.destroyed; megabytes++) {
          if (!socket.write(framed)) await once(socket, 'drain').catch(() => {});
        }
        socket.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    return { url: `http://127.0.0.1:${port}`, sentBytes: sent.promise };
  }
});
