// The log of all functions: one JSON object a line.

import { Logger } from '@aws-lambda-powertools/logger';

/** The shared logger; its level comes from POWERTOOLS_LOG_LEVEL. */
export const logger = new Logger({ serviceName: 'cameo' });
