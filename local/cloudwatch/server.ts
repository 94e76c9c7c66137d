// CloudWatch and CloudWatch Logs as far as the command line needs them, in the services' own protocols: what the
// functions measured and which errors they logged. Reachable as the emulators are: loopback.ts.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { readText } from '../read-text.ts';
import { type ErrorLog, errorLog } from './error-log.ts';
import { getMetricData } from './metric-data.ts';
import { type MetricStore, metricStore } from './metric-store.ts';
import { listenToOutput } from './output.ts';

/** A running stand-in for both services. */
export interface CloudWatch {
  readonly url: string;
  stop(): Promise<void>;
}

/** What the stand-in knows; the log is the one group that there is. */
export interface CloudWatchContents {
  readonly metrics: MetricStore;
  readonly errors: ErrorLog;
  readonly logGroup: string;
}

// 500 queries of GetMetricData have about 150 kB.
const MAX_BODY_BYTES = 512 * 1024;

/** Starts it on loopback, and listens to this process's output until it is stopped. */
export async function startCloudWatch(logGroup: string): Promise<CloudWatch> {
  const contents = { metrics: metricStore(), errors: errorLog(), logGroup };
  const served = await serveCloudWatch(contents);
  const undo = listenToOutput({
    measured: contents.metrics.record,
    failed: contents.errors.keep,
  });
  return {
    url: served.url,
    stop: () => {
      undo();
      return served.stop();
    },
  };
}

/** Starts it on loopback with these contents. */
export async function serveCloudWatch(contents: CloudWatchContents): Promise<CloudWatch> {
  const server = createServer((request, response) => {
    // What rejects here is the reading from a caller who has left; nobody waits for an answer.
    answer(contents, request, response).catch(() => response.destroy());
  });
  return { url: await listenOnLoopback(server), stop: () => closeServer(server) };
}

async function answer(
  { metrics, errors, logGroup }: CloudWatchContents,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = parsed(await readText(request, MAX_BODY_BYTES));
  switch (request.headers['x-amz-target']) {
    case 'GraniteServiceVersion20100801.GetMetricData':
      return send(response, getMetricData(metrics, body), 'ValidationException');
    case 'Logs_20140328.FilterLogEvents':
      return groupOf(body) === logGroup
        ? send(response, errors.filter(body), 'InvalidParameterException')
        : send(response, undefined, 'ResourceNotFoundException');
    default:
      return send(response, undefined, 'UnknownOperationException');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function groupOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'logGroupName' in body
    ? body.logGroupName
    : undefined;
}

/** The body, or a refusal with this code where there is none. */
function send(response: ServerResponse, body: object | undefined, code: string): void {
  response.writeHead(body ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body ?? { __type: code, message: code }));
}
