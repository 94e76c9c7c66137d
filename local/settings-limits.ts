// The settings that are numbers of the operator's choice: how much, how long.

import { defaults, ranges } from '../core/operator-settings.ts';
import type { Check } from './settings-urls.ts';

/** The operator's numbers, by the names of their defaults. */
export type Limits = { readonly [Name in keyof typeof defaults]: number };

const VARIABLES: Readonly<Record<keyof Limits, string>> = {
  warmPartners: 'CAMEO_WARM_PARTNERS',
  warmEveryMinutes: 'CAMEO_WARM_EVERY_MINUTES',
  refreshHours: 'CAMEO_REFRESH_HOURS',
  initDataMaxAgeSeconds: 'CAMEO_INIT_DATA_MAX_AGE_SECONDS',
  photoRetentionDays: 'CAMEO_PHOTO_RETENTION_DAYS',
  tombstoneDays: 'CAMEO_TOMBSTONE_DAYS',
};

/** Reads them all; what is not given has its default. */
export function readLimits(given: (name: string) => string | undefined, check: Check): Limits {
  const names = Object.keys(VARIABLES) as (keyof Limits)[];
  const entries = names.map((name) => {
    const variable = VARIABLES[name];
    const { least, most } = ranges[name];
    const text = given(variable) ?? String(defaults[name]);
    const value = Number(text);
    check(
      /^\d{1,9}$/.test(text) && value >= least && value <= most,
      `${variable}=${text} is out of range: give a whole number from ${least} to ${most}.`,
    );
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as Record<keyof Limits, number>;
}
