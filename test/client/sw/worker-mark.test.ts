import { describe, expect, test } from 'vitest';
import { marked } from '../../../client/sw/worker-mark.ts';

describe('a picture that the worker answers', () => {
  test('says where it came from, to scripts of any origin, and still all that it said before', async () => {
    const headers = { 'Content-Type': 'image/webp', ETag: '"photo-150"' };

    const answer = marked(new Response('bytes', { status: 200, headers }), 'cache');

    expect(Object.fromEntries(answer.headers)).toEqual({
      'content-type': 'image/webp',
      etag: '"photo-150"',
      'x-cameo-worker': 'cache',
      // Chromium shows all of a worker's answer; by the Fetch standard a page of another origin sees what is named here.
      'access-control-expose-headers': 'content-type, etag, x-cameo-worker',
    });
    expect(await answer.text()).toBe('bytes');
  });

  test('keeps its status', () => {
    const { status, statusText } = marked(
      new Response('', { status: 404, statusText: 'Not Found' }),
      'network',
    );

    expect({ status, statusText }).toEqual({ status: 404, statusText: 'Not Found' });
  });

  test('stays what it is when nothing of it can be read', () => {
    const unreadable = Response.error();

    expect(marked(unreadable, 'network')).toBe(unreadable);
  });
});
