// How what the first paint does not need is loaded.

/** Loads it, once for the page; `undefined` if it does not come. The build leaves the import as it is: of a name in `.js`. */
export const later = () => import('./core-later.js').catch(() => undefined);
