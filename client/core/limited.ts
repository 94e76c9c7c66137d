// A queue for work that may wait.

/** Makes a function that does at most so many works at a time, in the order of asking. */
export function limited(most: number) {
  // Those that wait are counted, too: whoever ends hands its place on.
  let count = 0;
  const waiting: (() => void)[] = [];
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (count++ >= most) await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      count--;
      waiting.shift()?.();
    }
  };
}
