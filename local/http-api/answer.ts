// A handler's result as the answer that API Gateway makes of it, payload format 2.0.
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpAnswer } from '../edge/message.ts';

/** A handler's result is nothing that API Gateway could send. */
export class MalformedResult extends Error {
  override readonly name = 'MalformedResult';
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a result: with a statusCode the answer itself, else the body of a 200; throws MalformedResult. */
export function readResult(result: unknown): HttpAnswer {
  if (isFields(result) && result.statusCode !== undefined) return structured(result);
  const text = typeof result === 'string' ? result : serialised(result);
  return whole(200, { 'content-type': 'application/json' }, Buffer.from(text));
}

function structured(result: Fields): HttpAnswer {
  const { statusCode, headers = {}, body = '', cookies = [], isBase64Encoded = false } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new MalformedResult(`statusCode ${JSON.stringify(statusCode)}`);
  }
  if (typeof body !== 'string') throw new MalformedResult('body is not a string');
  const bytes = Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
  const type = { 'content-type': 'text/plain; charset=utf-8' };
  return whole(status, { ...type, ...readHeaders(headers), ...readCookies(cookies) }, bytes);
}

function readHeaders(headers: unknown): Record<string, string> {
  if (!isFields(headers)) throw new MalformedResult('headers are not an object');
  const entries = Object.entries(headers).map(([name, value]) => {
    if (typeof value === 'object') throw new MalformedResult(`header ${name}`);
    return [checkedName(name), checkedValue(name, String(value))];
  });
  return Object.fromEntries(entries);
}

function readCookies(cookies: unknown): Record<string, readonly string[]> {
  if (!Array.isArray(cookies)) throw new MalformedResult('cookies are not a list');
  if (cookies.length === 0) return {};
  return { 'set-cookie': cookies.map((cookie) => checkedValue('set-cookie', String(cookie))) };
}

function whole(status: number, headers: HttpAnswer['headers'], body: Buffer): HttpAnswer {
  return { status, headers: { ...headers, 'content-length': String(body.length) }, body };
}

function checkedName(name: string): string {
  try {
    validateHeaderName(name);
    return name.toLowerCase();
  } catch (cause) {
    throw new MalformedResult('a header name that HTTP does not allow', { cause });
  }
}

function checkedValue(name: string, value: string): string {
  try {
    validateHeaderValue(name, value);
    return value;
  } catch (cause) {
    throw new MalformedResult(`header ${name} has a value that HTTP does not allow`, { cause });
  }
}

function serialised(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (cause) {
    throw new MalformedResult('a result that is not JSON', { cause });
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
