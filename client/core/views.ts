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
  /** How many are at work for it. */
  busy: number;
  hasFailed: boolean;
  picture: Picture | undefined;
  snapshot: AvatarSnapshot;
}

/** The views of one scope. */
export interface Views {
  of(id: string, size: Size): View;
  all(): View[];
  /** Those that somebody listens to. */
  shown(): View[];
  /** Paints anew and tells whoever listens, if it is another snapshot. */
  publish(view: View): void;
  /** Forgets what nobody listens to: it is painted again when asked for. */
  prune(): void;
}

const NOTHING: AvatarSnapshot = {
  status: 'idle',
  photo: undefined,
  src: undefined,
  srcSize: undefined,
  lqip: undefined,
  record: undefined,
  source: undefined,
};

/** Makes views out of `paint`; those of an earlier scope hand over who listens to them, and nothing else. */
export function createViews(
  paint: (view: View) => AvatarSnapshot,
  earlier: readonly View[],
): Views {
  const views = new Map<string, View>();
  const all = () => [...views.values()];

  const open = (
    id: string,
    size: Size,
    { listeners, isWanted }: Pick<View, 'listeners' | 'isWanted'>,
  ) => {
    const state = { isWanted, busy: 0, hasFailed: false, picture: undefined, snapshot: NOTHING };
    const view: View = { id, size, listeners, ...state };
    view.snapshot = paint(view);
    views.set(`${size} ${id}`, view);
    return view;
  };
  for (const view of earlier) open(view.id, view.size, view);

  return {
    of: (id, size) =>
      views.get(`${size} ${id}`) ?? open(id, size, { listeners: new Set(), isWanted: false }),
    all,
    shown: () => all().filter(({ listeners }) => listeners.size > 0),
    publish(view) {
      const next = paint(view);
      if (isSame(next, view.snapshot)) return;
      view.snapshot = next;
      for (const listener of [...view.listeners]) listener();
    },
    prune() {
      for (const [key, { listeners, busy }] of views) {
        if (listeners.size + busy === 0) views.delete(key);
      }
    },
  };
}

function isSame(a: AvatarSnapshot, b: AvatarSnapshot): boolean {
  return (Object.keys(NOTHING) as (keyof AvatarSnapshot)[]).every((key) => a[key] === b[key]);
}
