// The log of all functions: one JSON object a line, with the id of the request. The logger is loaded with the first
// line: serve-photo, which rarely has one to write, starts a fifth sooner without it (npm run bench, "bundles").
// That is also why nobody writes a line for a job that is asked for: the worker's line bears the same id.

import type { Logger } from '@aws-lambda-powertools/logger';
import { printable } from './printable.ts';
import { idFields } from './request-id.ts';

let loading: Promise<Logger> | undefined;

/**
 * Writes a line with these fields; its level is held against POWERTOOLS_LOG_LEVEL. Never rejects: nobody's
 * request fails because nothing can be told of it.
 */
export async function log(
  level: 'info' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const line = { ...idFields(), ...(printable(fields) as object) };
  try {
    loading ??= loadLogger();
    const logger = await loading;
    logger[level](message, line);
  } catch {
    loading = undefined;
    process.stderr.write(`${JSON.stringify({ level: level.toUpperCase(), message, ...line })}\n`);
  }
}

async function loadLogger(): Promise<Logger> {
  const { Logger } = await import('@aws-lambda-powertools/logger');
  return new Logger({ serviceName: 'cameo' });
}
