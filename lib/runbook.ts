// The sections of docs/runbook.md by their anchors: what an alarm and a number of the dashboard lead to. A test holds
// the anchors and the headings together.

/** What each alarm and each number leads to. */
export const runbookSections = [
  'errors',
  'slow-hits',
  'low-hit-rate',
  'dead-letters',
  'oldest-message',
  'telegram-paused',
  'telegram-refuses-the-token',
  'a-release-was-rolled-back',
  'budget',
  'edge-hit-rate',
  'answers',
  'traffic',
  'functions',
  'telegram-calls',
  'photos',
  'time-to-photo',
  'leases',
  'rendering',
  'costs',
] as const;

/** The anchor of a section. */
export type RunbookSection = (typeof runbookSections)[number];

/** Where a section stands in the repository. */
export function runbookPath(section: RunbookSection): string {
  return `docs/runbook.md#${section}`;
}
