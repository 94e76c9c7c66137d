// A worker that dies at one of its calls: nothing of it happens afterwards, and it is told where it died.

/** Where to die: before the call reaches the outside, or when it is done and its answer not seen yet. */
export interface CrashPoint {
  /** Which call of any port, counted from 1. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** Ports that die together. */
export interface Dying {
  /** The port with every call counted. */
  through<Port extends object>(name: string, port: Port): Port;
  /** The calls so far that were under way together with others. */
  readonly sideBySide: ReadonlySet<number>;
  /** How many calls there were so far. */
  count(): number;
  /** Runs until it ends, or is dead with nothing under way any more; where it died, `undefined` if it lives. */
  run(work: () => Promise<unknown>): Promise<string | undefined>;
}

const NEVER = new Promise<never>(() => {});

/** Ports that die at this point, or never; `afterCall` looks at the world when a call is done, before it is answered. */
export function dying(afterCall: (name: string) => Promise<void>, point?: CrashPoint): Dying {
  const { promise: death, resolve: die } = Promise.withResolvers<string>();
  const begun = new Map<string, number>();
  const underWay = new Map<number, Promise<unknown>>();
  const sideBySide = new Set<number>();
  let calls = 0;
  let isDead = false;

  function labelOf(name: string): string {
    const nth = (begun.get(name) ?? 0) + 1;
    begun.set(name, nth);
    return `${name} #${nth}`;
  }

  /** What is done reaches the outside, whatever becomes of whoever asked. */
  async function done(nth: number, label: string, act: () => unknown): Promise<unknown> {
    const doing = Promise.resolve(act());
    underWay.set(nth, doing);
    if (underWay.size > 1) for (const other of underWay.keys()) sideBySide.add(other);
    // What a call throws is an answer, too.
    await doing.catch(() => undefined);
    await afterCall(label);
    underWay.delete(nth);
    return doing;
  }

  async function call(name: string, act: () => unknown): Promise<unknown> {
    if (isDead) return NEVER;
    calls += 1;
    const nth = calls;
    const label = labelOf(name);
    const end = (when: CrashPoint['when']) => {
      if (nth !== point?.call || when !== point.when) return;
      isDead = true;
      die(`${when} ${label}`);
    };
    end('before');
    if (isDead) return NEVER;
    const doing = done(nth, label, act);
    await doing.catch(() => undefined);
    end('after');
    return isDead ? NEVER : doing;
  }

  return {
    sideBySide,
    count: () => calls,

    through(name, port) {
      const methods = Object.entries(port).map(([method, act]) => [
        method,
        (...given: unknown[]) => call(`${name}.${method}`, () => act(...given)),
      ]);
      return Object.fromEntries(methods);
    },

    async run(work) {
      const where = await Promise.race([death, work().then(() => undefined)]);
      await Promise.allSettled(underWay.values());
      return where;
    },
  };
}
