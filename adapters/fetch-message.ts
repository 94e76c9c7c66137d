// A fetch job read back out of an SQS message; apart from the queue, which more functions send to than read.

import * as v from 'valibot';
import { isAvatarId } from '../core/avatar-id-form.ts';
import type { FetchJob } from '../core/fetch-job.ts';

const jobSchema = v.object({
  avatarId: v.pipe(v.string(), v.check(isAvatarId, 'not an avatarId')),
  checkedBeforeMs: v.pipe(v.number(), v.integer()),
  photoFileId: v.exactOptional(v.string()),
  lostPhotoId: v.exactOptional(v.string()),
  missingPhotoId: v.exactOptional(v.string()),
});

/** Reads a message's body. Throws an error that names the first wrong field. */
export function parseFetchJob(body: string): FetchJob {
  return v.parse(jobSchema, JSON.parse(body));
}
