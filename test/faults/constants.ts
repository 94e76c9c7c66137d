// Figures and answers that several tests of faults have in common.

import { LEASE_MARGIN_MS } from '../../core/lease.ts';
import { functions } from '../../core/topology.ts';
import { SERVICE_KEY } from '../lambdas/deployed.ts';

/** How long a lease lasts that is taken at the beginning of an invocation: its time-out, and the margin. */
export const LEASE_MS = functions.fetchPhoto.timeoutSeconds * 1000 + LEASE_MARGIN_MS;

/** The calls of Telegram that fetch a photo, in their order. */
export const CALLS = ['getUserProfilePhotos', 'getFile', 'download'] as const;

/** Calls of Telegram where nobody has called it. */
export const NO_CALLS = { lists: 0, files: 0, downloads: 0 };

/** Calls of Telegram for one photo that was fetched once. */
export const ONE_FETCH = { lists: 1, files: 1, downloads: 1 };

/** What a function behind a queue answers if no message of the batch is to come back. */
export const ALL_DONE = { batchItemFailures: [] };

/** The headers of a partner's backend that sends JSON. */
export const BEARER = {
  authorization: `Bearer ${SERVICE_KEY}`,
  'content-type': 'application/json',
};
