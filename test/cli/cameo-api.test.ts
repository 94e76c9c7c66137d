import { describe, expect, onTestFinished, test } from 'vitest';
import { type CameoApi, cameoApi } from '../../cli/cameo-api.ts';
import { NOT_FOUND_TITLE } from '../../core/errors.ts';
import { pausedAnswer } from '../../lambdas/partner-answers.ts';
import { problem } from '../../lambdas/problem.ts';
import { testServer } from '../http-server.ts';
import { KEY, startContractServer } from './contract-server.ts';

const ADA = { userId: '42', firstName: 'Ada' };

function apiAt(url: string): CameoApi {
  return cameoApi({ url, serviceKey: KEY, keySource: 'the test', refreshAgeMs: 0 }, Date.now);
}

/** The API of a server that answers everything like this. */
async function apiThatAnswers(status: number, headers = {}, body = ''): Promise<CameoApi> {
  const { url } = await testServer((_, response) => response.writeHead(status, headers).end(body));
  return apiAt(url);
}

test('registers with what is known, behind every viewer', async () => {
  const server = await startContractServer();
  onTestFinished(() => server.close());

  const answer = await apiAt(server.url).register(ADA);

  expect(answer).toMatchObject({ kind: 'ok', value: { state: 'pending' } });
  expect(server.registered.get('42')).toEqual([{ firstName: 'Ada' }]);
  expect(server.requests).toEqual(['PUT /api/partner/42?warm=1']);
});

test('resolves in order, strangers included', async () => {
  const server = await startContractServer();
  onTestFinished(() => server.close());
  await apiAt(server.url).register(ADA);

  const answer = await apiAt(server.url).resolve(['41', '42']);

  expect(answer).toMatchObject({ kind: 'ok', value: [{ state: 'unknown' }, { state: 'stored' }] });
});

test('erases, and reads the receipt of it', async () => {
  const receipt = {
    erasureId: 'e',
    state: 'pending',
    requestedAt: '2026-11-29T21:00:00.000Z',
    completedAt: null,
    objects: 4,
  };
  const { url, requests } = await testServer((_, response) =>
    response.end(JSON.stringify(receipt)),
  );
  const api = apiAt(url);

  expect(await api.erase('42')).toEqual({ kind: 'ok', value: { erasureId: 'e' } });
  expect(await api.receipt('e')).toEqual({ kind: 'ok', value: receipt });
  expect(requests).toEqual(['DELETE /api/partner/42', 'GET /api/partner/erasures/e']);
});

describe('an answer is', () => {
  test.each([
    ['an outage', 503, { 'retry-after': '5' }, { kind: 'outage', askedForMs: 5_000 }],
    ['an outage', 503, {}, { kind: 'outage', askedForMs: 0 }],
    ['an outage', 500, {}, { kind: 'outage', askedForMs: 0 }],
    ['an outage', 429, { 'retry-after': '3' }, { kind: 'outage', askedForMs: 3_000 }],
    ['a refusal', 400, {}, { kind: 'refused', reason: '400' }],
    ['a refusal', 410, {}, { kind: 'refused', reason: '410' }],
  ])('%s (%i %j)', async (_, status, headers, answer) => {
    expect(await (await apiThatAnswers(status, headers)).register(ADA)).toMatchObject(answer);
  });

  test('a pause by the title of the problem', async () => {
    const paused = pausedAnswer(7_000);
    const api = await apiThatAnswers(503, paused.headers as Record<string, string>, paused.body);
    expect(await api.register(ADA)).toEqual({ kind: 'paused', forMs: 7_000 });
  });

  test('a refusal in the words of the problem', async () => {
    const api = await apiThatAnswers(
      410,
      {},
      problem(410, 'Erased', 'The partner was erased.').body,
    );
    expect(await api.register(ADA)).toEqual({
      kind: 'refused',
      reason: '410: The partner was erased.',
    });
  });

  test('a refusal where Cameo itself knows nobody by the id', async () => {
    const { body } = problem(404, NOT_FOUND_TITLE, 'Nobody is registered.');
    const api = await apiThatAnswers(404, {}, body);
    expect(await api.erase('42')).toEqual({
      kind: 'refused',
      reason: '404: Nobody is registered.',
    });
  });

  test('an outage where nobody answers, or only half', async () => {
    const gone = await startContractServer();
    await gone.close();
    expect(await apiAt(gone.url).register(ADA)).toMatchObject({
      kind: 'outage',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    const { url } = await testServer((_, response) => {
      response.writeHead(202, { 'content-length': '100' }).write('{', () => response.destroy());
    });
    expect(await apiAt(url).register(ADA)).toMatchObject({ kind: 'outage' });
  });
});

describe('the import ends, and says what to do, where', () => {
  test.each([
    ['the key is refused', 401, '', /refuses the service key of the test/],
    ['another program answers', 200, '<html>', /does not answer as Cameo does/],
    ['the address is another one’s', 404, '', /does not answer as Cameo does/],
    ['the address has moved', 301, '', /does not answer as Cameo does/],
  ])('%s', async (_, status, body, message) => {
    const api = await apiThatAnswers(status, { location: '/elsewhere' }, body);
    await expect(api.register(ADA)).rejects.toMatchObject({
      name: 'Mistake',
      message: expect.stringMatching(message),
    });
    await expect(api.register(ADA)).rejects.not.toThrow(KEY);
  });
});
