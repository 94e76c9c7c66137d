// A bounded map. Twenty lines of our own, since the package for it took six hundredths of serve-photo's
// cold start (npm run bench, "bundles").

/** A map that forgets what was used longest ago when it grows over its bound. */
export interface Lru<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/** An empty map; the sum of `sizeOf` over its values never exceeds `maxSize`. */
export function lru<Value>(maxSize: number, sizeOf: (value: Value) => number): Lru<Value> {
  // A Map keeps the order of insertion: whatever is used is inserted again, so the oldest is the first.
  const values = new Map<string, Value>();
  let size = 0;

  const remove = (key: string, value: Value) => {
    values.delete(key);
    size -= sizeOf(value);
  };
  const add = (key: string, value: Value) => {
    values.set(key, value);
    size += sizeOf(value);
  };

  return {
    get(key) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      remove(key, value);
      add(key, value);
      return value;
    },
    set(key, value) {
      const previous = values.get(key);
      if (previous !== undefined) remove(key, previous);
      add(key, value);
      for (const [oldest, least] of values) {
        if (size <= maxSize) return;
        remove(oldest, least);
      }
    },
  };
}
