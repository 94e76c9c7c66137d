// What is painted where: one view for each id and width that somebody looks at, with a snapshot that stays the same object
// until something about it changes.

import type { Picture } from './memory.ts';
import type { AvatarSnapshot, Size } from './types.ts';

/** One avatar at one width. */
export interface View {
  readonly id: string;
  readonly size: Size;
  readonly listeners: Set<() => void>;
  /** Whether it was asked for, so that it is kept fresh while somebody listens. */
  isWanted: boolean;
  /** How far it is where there is no answer. */
  phase: 'idle' | 'loading' | 'error';
  picture: Picture | undefined;
  snapshot: AvatarSnapshot;
}

/** The views of one scope. */
export interface Views {
  of(id: string, size: Size): View;
  /** Those that somebody listens to. */
  shown(): View[];
  /** Paints one anew, or all, and tells whoever listens to one that is another snapshot. */
  publish(only?: View): void;
  /** Forgets what nobody listens to: it is painted again when asked for. */
  prune(): void;
}

/** Makes views out of `paint`; those of an earlier scope hand over who listens to them, and nothing else. */
export function createViews(
  paint: (view: View) => AvatarSnapshot,
  earlier: readonly View[],
): Views {
  const views = new Map<string, View>();

  const open = (given: Pick<View, 'id' | 'size' | 'listeners' | 'isWanted'>) => {
    const view = { ...given, phase: 'idle', picture: undefined } as View;
    view.snapshot = paint(view);
    views.set(`${view.size} ${view.id}`, view);
    return view;
  };
  earlier.forEach(open);

  return {
    of: (id, size) =>
      views.get(`${size} ${id}`) ?? open({ id, size, listeners: new Set(), isWanted: false }),
    shown: () => [...views.values()].filter(({ listeners }) => listeners.size),
    publish(only) {
      for (const view of only ? [only] : views.values()) {
        const next = paint(view);
        if (isSame(next, view.snapshot)) continue;
        view.snapshot = next;
        for (const listener of [...view.listeners]) listener();
      }
    },
    prune() {
      for (const [key, { listeners, phase }] of views) {
        if (!listeners.size && phase !== 'loading') views.delete(key);
      }
    },
  };
}

function isSame(a: AvatarSnapshot, b: AvatarSnapshot): boolean {
  return (Object.keys(a) as (keyof AvatarSnapshot)[]).every((key) => a[key] === b[key]);
}
