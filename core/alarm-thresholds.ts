// What is too much: said once for the alarm that rings above it, for the line that the dashboard draws there, for
// the release that is taken back, and for the doctor.

/** Of the API's answers, errors of ours. */
export const MOST_ERRORS_PERCENT = 1;

/** The 95th percentile of serve-photo's time for a hit. */
export const SLOWEST_HIT_MS = 100;

/** Of those who asked serve-photo for a photo that exists, who got a placeholder. */
export const MOST_MISSES_PERCENT = 10;

/** The age of the oldest job that somebody waits for. */
export const OLDEST_MESSAGE_SECONDS = 60;
