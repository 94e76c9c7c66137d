// S3 and SQS in the process, on loopback, with a state that outlives it.

import { buildApp } from 'fauxqs';
import { persistentStores } from './fauxqs-modules.ts';
import { LOOPBACK, refuseBrowsers, urlOf } from './loopback.ts';

/** Starts S3 and SQS at one loopback URL, with their state in `folder`. */
export async function startFauxqs(
  folder: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { stores, persistence } = await persistentStores(folder);
  // A write survives the death of the process without an fsync, which SQLite's default pays for each
  // commit on this thread. NORMAL syncs at checkpoints alone: a power cut may lose the last seconds, as
  // with LevelDB, and corrupts nothing (https://sqlite.org/pragma.html#pragma_synchronous).
  persistence.db.exec('PRAGMA synchronous = NORMAL');
  // Queue URLs of the host that is asked, not of `sqs.us-east-1.localhost`, which not every system resolves.
  stores.sqsStore.host = '';
  const app = buildApp({ logger: false, stores });
  await app.listen({ host: LOOPBACK, port: 0 });
  refuseBrowsers(app.server);
  // A long poll whose caller has gone would still take the next message, and hide it for the visibility
  // time-out. Ending all polls is enough: those that are alive answer empty and are asked again.
  // (Fastify's onRequestAbort does not see a caller that leaves once its body is read.)
  app.server.on('request', (_request, response) => {
    response.once('close', () => {
      if (!response.writableFinished) stores.sqsStore.shutdown();
    });
  });
  const url = urlOf(app.server);
  // The port is another one than at the last start, when the queues' URLs were written down.
  for (const queue of stores.sqsStore.allQueues()) {
    Object.assign(queue, { url: `${url}${new URL(queue.url).pathname}` });
  }
  return {
    url,
    async stop() {
      await app.close();
      persistence.close();
    },
  };
}
