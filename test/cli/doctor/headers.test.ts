// The headers of a photo where only some origins are allowed, as CloudFront gives them then.

import { expect, test } from 'vitest';
import { VERSIONED_CACHE_CONTROL } from '../../../adapters/photo-bucket.ts';
import { headers } from '../../../cli/doctor/photo-answer.ts';
import { type Subject, subjectOf } from '../../../cli/doctor/subject.ts';
import { exposedHeaders } from '../../../core/topology.ts';

const ALLOWED = ['https://app.example.com', 'https://www.example.com'];

/** A Cameo of these origins that answers with these. */
function answering(allowedOrigin: string, timingOrigins: string): Subject {
  const given = new Headers({
    'access-control-allow-origin': allowedOrigin,
    'access-control-expose-headers': exposedHeaders.join(','),
    'timing-allow-origin': timingOrigins,
    'server-timing': 'cdn-cache;desc=HIT',
    'x-content-type-options': 'nosniff',
    'cache-control': VERSIONED_CACHE_CONTROL,
  });
  const answer = { url: '', status: 200, headers: given, bytes: new Uint8Array(), ms: 1 };
  const of = <T>(value: T) => ({ own: async () => value, get: async () => value });
  return {
    ...subjectOf({}, { environment: {} }),
    settings: of({ photoRetentionDays: 30, allowedOrigins: ALLOWED }),
    photo: of({ ...answer, aheadMs: undefined }),
  };
}

test.each([
  ['the origin that asked', 'https://app.example.com', ALLOWED.join(', '), 'ok'],
  ['everybody', '*', '*', 'ok'],
  ['another origin', 'https://www.example.com', ALLOWED.join(', '), 'failed'],
  ['nobody who measures', 'https://app.example.com', 'https://example.com', 'failed'],
])('let in %s', async (_, allowedOrigin, timingOrigins, mark) => {
  expect((await headers.look(answering(allowedOrigin, timingOrigins))).mark).toBe(mark);
});
