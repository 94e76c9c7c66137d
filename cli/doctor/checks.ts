// All checks, in the order of their lines: from the ground up, so that the first failure is mostly the cause.

import { bootstrap, credentials } from './account.ts';
import { alarms, subscriptions } from './alarms.ts';
import { cameo } from './cameo.ts';
import type { Check } from './check.ts';
import { clock } from './clock.ts';
import { edge } from './edge.ts';
import { cache, headers } from './photo-answer.ts';
import { photos } from './photos.ts';
import { deadLetters, queues } from './queues.ts';
import { secrets } from './secrets.ts';
import { settings } from './settings.ts';
import { pause, telegram } from './telegram.ts';
import { times } from './times.ts';
import { cdk, node } from './versions.ts';

/** The checks of the doctor. */
export const checks: readonly Check[] = [
  node,
  cdk,
  credentials,
  bootstrap,
  settings,
  cameo,
  secrets,
  telegram,
  pause,
  queues,
  deadLetters,
  edge,
  photos,
  headers,
  cache,
  times,
  alarms,
  subscriptions,
  clock,
];
