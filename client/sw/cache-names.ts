// What the worker keeps, by name. A name ends in the version of the form that is kept, not of the release: a new release
// goes on with the pictures that are there, a new form begins empty and the old one goes.

/** Pictures. A logout in the page deletes every cache whose name begins with `cameo-avatars`. */
export const AVATAR_CACHE = 'cameo-avatars-1';

/** Pages, scripts and styles, of the ready-built worker only. */
export const SHELL_CACHE = 'cameo-shell-1';

/** Whether a cache holds the same as `current` in a form that is no longer read. */
export function isOldForm(name: string, current: string): boolean {
  const family = current.slice(0, current.lastIndexOf('-') + 1);
  return name.startsWith(family) && name !== current;
}
