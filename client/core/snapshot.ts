// What is painted of what is known.

import type { Picture } from './memory.ts';
import { type Known, partnerOf } from './records.ts';
import type { AvatarSnapshot } from './types.ts';
import type { View } from './views.ts';

/** The snapshot; `isWaitedFor` says that a photo on its way is waited for no longer. */
export function snapshotOf(
  known: Known | undefined,
  picture: Picture | undefined,
  phase: View['phase'],
  isWaitedFor: boolean,
): AvatarSnapshot {
  const record = partnerOf(known);
  const photo = known?.record.state;
  const isPending = photo === 'pending';
  const isAnswer = picture || (isPending ? isWaitedFor : photo && photo !== 'stored');
  return {
    // Between two tries it is on its way still.
    status: isAnswer ? 'loaded' : isPending && phase === 'error' ? 'loading' : phase,
    photo,
    src: picture?.url,
    srcSize: picture?.size,
    lqip: record?.lqip ?? undefined,
    record,
    source: picture?.source,
  };
}
