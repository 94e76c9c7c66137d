// The page's signs, drawn with the text's colour; each stands beside words, and so is announced by none.

const PATHS = {
  telegram: 'M21 4 3 11.500l6 2.200L18 7l-6.500 8 5.500 4zM9 13.700V20l2.500-5',
  line: 'M4.500 10a11 11 0 0 1 15 0M7.500 13.500a6.500 6.500 0 0 1 9 0M12 17.500h.01',
  offline: 'M4.500 10a11 11 0 0 1 4-2.400m7 0a11 11 0 0 1 4 2.400M12 17.500h.01M5 4l14 16',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7.500 8a7.500 7.500 0 0 1 15 0',
  back: 'M15 5l-7 7 7 7',
  next: 'M9.500 6l6 6-6 6',
  change: 'M5 12a7 7 0 0 1 12-4.900L19 9m0-5v5h-5m5 3a7 7 0 0 1-12 4.900L5 15m0 5v-5h5',
  hide: 'M3 12s3.500-6 9-6 9 6 9 6-3.500 6-9 6-9-6-9-6zm6.500 0a2.500 2.500 0 1 0 5 0 2.500 2.500 0 0 0-5 0M5 4l14 16',
  erase: 'M5 7h14M10 7V4.500h4V7m-7.500 0 1 12.500h9l1-12.500M10.500 11v5m3-5v5',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  cross: 'M7 7l10 10M17 7 7 17',
} as const;

/** The name of a sign. */
export type IconName = keyof typeof PATHS;

/** A sign of 24 CSS pixels, or as the style sheet has it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
