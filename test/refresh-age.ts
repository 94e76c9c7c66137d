// The refresh age that the tests work with: the default one.

import { refreshAgeMsOf } from '../core/freshness.ts';
import { defaults } from '../core/operator-settings.ts';

/** In milliseconds: a day. */
export const REFRESH_AGE_MS = refreshAgeMsOf(defaults.refreshHours);
