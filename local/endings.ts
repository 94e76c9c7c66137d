// What was started has to be ended, also when a later part does not start.

/** What ends one part. */
export type Ending = () => Promise<unknown> | unknown;

/** Endings in the order of their parts' starts. */
export interface Endings {
  add(ending: Ending): void;
  /** Ends the parts, the last one first; one that fails keeps no other from ending. Throws the first error. */
  end(): Promise<void>;
}

/** No endings yet. */
export function createEndings(): Endings {
  const endings: Ending[] = [];
  return {
    add: (ending) => {
      endings.push(ending);
    },
    end: async () => {
      const errors: unknown[] = [];
      for (const ending of endings.splice(0).reverse()) {
        try {
          await ending();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}
