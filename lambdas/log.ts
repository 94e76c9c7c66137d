// The log of all functions: one JSON object a line. The logger is loaded with the first line: serve-photo,
// which rarely has one to write, starts a fifth sooner without it (npm run bench, "bundles").

import type { Logger } from '@aws-lambda-powertools/logger';

let loading: Promise<Logger> | undefined;

/** Writes a line with these fields; its level is held against POWERTOOLS_LOG_LEVEL. */
export async function log(
  level: 'info' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  loading ??= loadLogger();
  const logger = await loading;
  logger[level](message, { ...fields });
}

async function loadLogger(): Promise<Logger> {
  const { Logger } = await import('@aws-lambda-powertools/logger');
  return new Logger({ serviceName: 'cameo' });
}
