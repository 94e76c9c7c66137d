// How what the first paint does not need is loaded.

/** Loads it, once for the page. The build leaves this import as it is: by its own name, which ends in `.js`. */
export const later = () => import('./core-later.js');
