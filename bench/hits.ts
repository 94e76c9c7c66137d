// A hit, the request that there is most of: at the local edge over HTTP, and in the handler of serve-photo.

import { newUserId, startCameo } from './cameo.ts';
import { type Helper, startHelper } from './helper.ts';
import type { BareServerAnswer, BareServerQuestion } from './helpers/bare-server.ts';
import type { HandlerAnswer, HandlerQuestion } from './helpers/handler-hits.ts';
import type { LoadAnswer, LoadQuestion } from './helpers/load.ts';
import type { Answer } from './http-client.ts';
import { temporaryFolder } from './leftovers.ts';
import { median, processorMsDuring } from './measure.ts';
import { microseconds, printTable, ratio, times } from './table.ts';

const ROUNDS = 5;
const REQUESTS = 15_000;
const CONNECTIONS = 16;

interface Target {
  readonly pid: number;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
}

/** Measures and prints. */
export async function hits(): Promise<void> {
  await edgeHits();
  await handlerHits();
}

async function edgeHits(): Promise<void> {
  await using cameo = await startCameo();
  await using load = startHelper<LoadQuestion, LoadAnswer>('load');
  const userId = newUserId();
  const avatarId = await cameo.register(userId);
  await cameo.waitForPhoto(avatarId);
  const url = `${cameo.url}/avatars/${avatarId}`;
  const photo = await cameo.ask(url);
  const headers = { 'if-none-match': String(photo.headers.etag) };
  const unchanged = await cameo.ask(url, { headers });
  if (unchanged.status !== 304) throw new Error(`a 304 was expected, not ${unchanged.status}`);
  await using bare = await startBareServer(photo);
  await using bareUnchanged = await startBareServer(unchanged);
  const rows = [
    ...(await compare(load, 'photo', { pid: cameo.pid, url, status: 200 }, bare.target)),
    ...(await compare(
      load,
      '304',
      { pid: cameo.pid, url, headers, status: 304 },
      bareUnchanged.target,
    )),
  ];
  console.log(
    `  At the edge: ${photo.body.length} bytes, ${CONNECTIONS} connections, the load from a process of its own.`,
  );
  printTable(['over HTTP', 'requests/s', 'processor time', '÷ bare server'], rows);
}

async function startBareServer({ status, headers, body }: Answer) {
  const helper = startHelper<BareServerQuestion, BareServerAnswer>('bare-server');
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...sent } = headers;
  const url = await helper.ask({ status, headers: sent, body });
  const target: Target = { pid: helper.pid, url, status };
  return { target, [Symbol.asyncDispose]: () => helper[Symbol.asyncDispose]() };
}

/** A row for each, of medians of rounds in which the two take turns. */
async function compare(
  load: Helper<LoadQuestion, LoadAnswer>,
  what: string,
  edge: Target,
  bare: Target,
): Promise<string[][]> {
  const rounds: { edge: Figures; bare: Figures }[] = [];
  await figuresOf(load, edge);
  await figuresOf(load, bare);
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push({ edge: await figuresOf(load, edge), bare: await figuresOf(load, bare) });
  }
  const row = (target: 'edge' | 'bare') => {
    const perSecond = median(rounds.map((round) => round[target].perSecond));
    return [
      `${what}, ${target === 'edge' ? 'edge' : 'bare server'}`,
      perSecond.toFixed(0),
      microseconds(processorMs(target)),
      times(ratio(processorMs(target), processorMs('bare'))),
    ];
  };
  const processorMs = (target: 'edge' | 'bare') =>
    medianKnown(rounds.map((round) => round[target].processorMs));
  return [row('edge'), row('bare')];
}

function medianKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? median(known) : undefined;
}

interface Figures {
  readonly perSecond: number;
  /** For one request; `undefined` where there is no /proc. */
  readonly processorMs: number | undefined;
}

async function figuresOf(
  load: Helper<LoadQuestion, LoadAnswer>,
  { pid, url, headers = {}, status }: Target,
): Promise<Figures> {
  let wallMs = 0;
  const spentMs = await processorMsDuring(pid, async () => {
    const asked = { url, headers, status, requests: REQUESTS, connections: CONNECTIONS };
    ({ wallMs } = await load.ask(asked));
  });
  return {
    perSecond: (REQUESTS / wallMs) * 1000,
    processorMs: ratio(spentMs, REQUESTS),
  };
}

async function handlerHits(): Promise<void> {
  using folder = temporaryFolder();
  await using helper = startHelper<HandlerQuestion, HandlerAnswer>('handler-hits');
  const rows = await helper.ask({ dataDir: folder.path, rounds: ROUNDS });
  console.log('  In serve-photo: the handler called with events, one after the other, no socket.');
  printTable(
    ['in the process', 'requests/s', 'processor time'],
    rows.map(({ what, perSecond, processorMs }) => [
      what,
      perSecond.toFixed(0),
      microseconds(processorMs),
    ]),
  );
}
