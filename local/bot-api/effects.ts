// What each effect of a fault makes of the answer that the call would have had.
import { STATUS_CODES } from 'node:http';
import type { FaultEffect } from './fault.ts';
import { bytes, failure, type Reply, success } from './reply.ts';

/** The answer after the fault. */
export function applyEffect(fault: FaultEffect, reply: Reply): Reply {
  switch (fault.effect) {
    case 'error':
      return failure(fault.status, fault.description ?? describe(fault), fault.retryAfter);
    case 'html':
      return { ...bytes(htmlPage(fault.status), 'text/html'), status: fault.status };
    case 'redirect':
      return { status: 302, headers: { location: fault.location }, body: Buffer.alloc(0) };
    case 'merge':
      return withResult(reply, (result) => withoutNulls({ ...result, ...fault.result }));
    case 'sizes':
      return withResult(reply, (result) => onlySizes(result, fault.widths));
    case 'short':
      return { ...reply, body: reply.body.subarray(0, reply.body.length / 2) };
    case 'empty':
      return { ...reply, body: Buffer.alloc(0) };
    default:
      return { ...reply, ending: fault.effect };
  }
}

function describe({ status, retryAfter }: { status: number; retryAfter?: number | string }) {
  const text = STATUS_CODES[status] ?? '';
  return retryAfter === undefined ? text : `${text}: retry after ${retryAfter}`;
}

/** Such a page as nginx makes when the server behind it does not answer. */
function htmlPage(status: number): Buffer {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`;
  return Buffer.from(
    `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  );
}

function withResult(reply: Reply, change: (result: object) => unknown): Reply {
  const { result } = reply;
  return typeof result === 'object' && result !== null ? success(change(result)) : reply;
}

function withoutNulls(result: object): object {
  return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== null));
}

function onlySizes(result: object, widths: readonly number[]): object {
  const { photos = [] } = result as { photos?: { width: number }[][] };
  return {
    ...result,
    photos: photos.map((sizes) => sizes.filter(({ width }) => widths.includes(width))),
  };
}
