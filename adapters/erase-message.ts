// An erase job read back out of an SQS message; apart from the queue, which more functions send to than read.

import * as v from 'valibot';
import { isAvatarId } from '../core/avatar-id-form.ts';
import type { EraseJob } from '../core/erase-job.ts';
import { isErasureId } from '../core/erasure.ts';

const avatarId = v.pipe(v.string(), v.check(isAvatarId, 'not an avatarId'));

const jobSchema = v.variant('kind', [
  v.object({
    kind: v.literal('erase'),
    avatarId,
    joinedAtMs: v.pipe(v.number(), v.integer()),
    erasureId: v.pipe(v.string(), v.check(isErasureId, 'not an erasureId')),
  }),
  v.object({ kind: v.literal('evict'), avatarId }),
]);

/** Reads a message's body. Throws an error that names the first wrong field. */
export function parseEraseJob(body: string): EraseJob {
  return v.parse(jobSchema, JSON.parse(body));
}
