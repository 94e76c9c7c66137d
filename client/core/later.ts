// How what keeps and fetches pictures is loaded. A page without it has names, colours and tiny photos.

type Later = typeof import('./core-later.ts');

/** Set by the build: whether the module is served as it is, or is a bundler's. */
declare const IS_SERVED: boolean;

const NAME = './core-later.js';

let tries = 0;
let loaded: Promise<Later | undefined> | undefined;

let arrive: (module: Later) => void;

/** The module, whenever somebody's try has brought it. */
export const arrived = new Promise<Later>((resolve) => {
  arrive = resolve;
});

/** Loads it, once for the page; `undefined` if it does not come this time. The build leaves the import as it is: of a name in `.js`. */
export function later(): Promise<Later | undefined> {
  loaded ??= load().then(
    (module) => {
      arrive(module);
      return module;
    },
    () => {
      loaded = undefined;
      return undefined;
    },
  );
  return loaded;
}

/** A browser remembers for the whole page that a module did not come: every further try has an address of its own. */
function load(): Promise<Later> {
  return IS_SERVED && tries++ ? import([NAME, tries].join('?')) : import('./core-later.js');
}
