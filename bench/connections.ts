// The HTTP client of the worker, chosen by measurement: what a photo's two last calls take on a connection
// that is new, warm, or was quiet, when a new connection costs as much as it does from another continent.

import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { keepAliveHttp } from '../adapters/keep-alive-http.ts';
import { CALL_MS, DOWNLOAD_MS } from './cameo.ts';
import { startHelper } from './helper.ts';
import type { FarAwayAnswer, FarAwayQuestion } from './helpers/far-away-server.ts';
import { elapsedMs, median } from './measure.ts';
import { ms, printTable, times } from './table.ts';

const ROUNDS = 3;

// Longer than the built-in fetch keeps an idle connection.
const QUIET_MS = 5_000;

// TCP and TLS to another continent.
const HANDSHAKE_MS = 150;

const MAX_BYTES = 1_000_000;

type FetchPhoto = (root: string) => Promise<void>;

async function getAll(get: (path: string) => Promise<unknown>, between?: () => Promise<unknown>) {
  await get('/getFile');
  await between?.();
  await get('/download');
}

const clients: Readonly<Record<string, () => FetchPhoto>> = {
  'built-in fetch': () => (root) => getAll((path) => fetchBytes(root + path)),
  'built-in fetch, setImmediate between': () => (root) =>
    getAll((path) => fetchBytes(root + path), setImmediate),
  "keep-alive http.Agent (Cameo's)": () => {
    let get: ReturnType<typeof keepAliveHttp> | undefined;
    return (root) => {
      get ??= keepAliveHttp(new URL(root));
      const ask = get;
      return getAll((path) =>
        ask(path, { signal: AbortSignal.timeout(60_000), maxBytes: MAX_BYTES }),
      );
    };
  },
};

async function fetchBytes(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  return response.arrayBuffer();
}

/** Measures and prints. */
export async function connections(): Promise<void> {
  const floorMs = CALL_MS + DOWNLOAD_MS;
  console.log(
    `  getFile and download of ${floorMs} ms together; a new connection costs ${HANDSHAKE_MS} ms more.`,
  );
  const rows = await Promise.all(
    Object.entries(clients).map(async ([name, client]) => {
      const { first, quiet, warm } = await measure(client());
      return [name, ms(first), ms(quiet), times(quiet / floorMs), ms(warm), times(warm / floorMs)];
    }),
  );
  const quietSeconds = `quiet for ${QUIET_MS / 1000} s`;
  printTable(['client', 'first ever', quietSeconds, '÷ calls', 'busy', '÷ calls'], rows);
}

async function measure(fetchPhoto: FetchPhoto) {
  await using server = startHelper<FarAwayQuestion, FarAwayAnswer>('far-away-server');
  const root = await server.ask({
    handshakeMs: HANDSHAKE_MS,
    callMs: CALL_MS,
    downloadMs: DOWNLOAD_MS,
  });
  const first = await elapsedMs(() => fetchPhoto(root));
  const quiet: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await sleep(QUIET_MS);
    quiet.push(await elapsedMs(() => fetchPhoto(root)));
    warm.push(await elapsedMs(() => fetchPhoto(root)));
  }
  return { first, quiet: median(quiet), warm: median(warm) };
}
