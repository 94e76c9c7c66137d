// Many askers, one call: ids are collected for a moment, and one that is under way is not asked for again.

/** What one call may ask for: `MAX_RESOLVED` of the API, which would cost 22 of the few bytes if it were imported. */
const MAX_IDS = 100;

/** Collects ids. */
export interface ResolveBatch {
  /** Settles as the call does that asks for the id. */
  ask(id: string): Promise<void>;
  /** Makes the next `ask` a call of its own: what is under way was asked too early. */
  forget(id: string): void;
}

/** Makes a batch that calls `call` with what was asked for within `windowMs`. */
export function createResolveBatch(
  call: (ids: readonly string[]) => Promise<void>,
  windowMs: number,
): ResolveBatch {
  const underWay = new Map<string, Promise<void>>();
  let batch: { readonly ids: string[]; readonly answer: Promise<void> } | undefined;

  const begin = () => {
    const ids: string[] = [];
    const window = new Promise<void>((over) => setTimeout(over, windowMs));
    const answer = window.then(() => {
      if (batch?.ids === ids) batch = undefined;
      return call(ids);
    });
    return { ids, answer };
  };

  return {
    ask(id) {
      const already = underWay.get(id);
      if (already) return already;
      if (!batch || batch.ids.length === MAX_IDS) batch = begin();
      batch.ids.push(id);
      const asked = batch.answer.finally(() => {
        if (underWay.get(id) === asked) underWay.delete(id);
      });
      underWay.set(id, asked);
      return asked;
    },
    forget(id) {
      underWay.delete(id);
    },
  };
}
