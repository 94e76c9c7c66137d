import { once } from 'node:events';
import { request } from 'node:http';
import {
  CloudFrontClient,
  CreateInvalidationCommand,
  ListInvalidationsCommand,
} from '@aws-sdk/client-cloudfront';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws.ts';
import { startCloudFront } from '../../local/cloudfront.ts';

const PATH = '/2020-05-31/distribution/ELOCAL/invalidation';
const invalidated: (readonly string[])[] = [];
let url: string;
let client: CloudFrontClient;

beforeEach(async () => {
  invalidated.length = 0;
  const cloudFront = await startCloudFront({
    distributionId: 'ELOCAL',
    invalidate: (paths) => invalidated.push(paths),
  });
  onTestFinished(() => cloudFront.stop());
  url = cloudFront.url;
  const credentials = LOCAL_CREDENTIALS;
  client = new CloudFrontClient({ region: LOCAL_REGION, credentials, endpoint: url });
});

const invalidate = (Items: string[], given: { id?: string; Quantity?: number } = {}) =>
  client.send(
    new CreateInvalidationCommand({
      DistributionId: given.id ?? 'ELOCAL',
      InvalidationBatch: {
        Paths: { Quantity: given.Quantity ?? Items.length, Items },
        CallerReference: 'r&<1>',
      },
    }),
  );

const document = (items: string, quantity = '1') =>
  '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">' +
  `<Paths><Quantity>${quantity}</Quantity><Items>${items}</Items></Paths>` +
  '<CallerReference>r</CallerReference></InvalidationBatch>';

/** A call with headers of its own, `host` among them, which fetch would not send. */
async function post(body: string, headers: Record<string, string> = {}) {
  const call = request(url + PATH, { method: 'POST', headers }).end(body);
  const [response] = await once(call, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
}

test('takes an invalidation from the SDK, and answers what the SDK understands', async () => {
  const { $metadata, Invalidation } = await invalidate(['/avatars/a*', '/api/partner/photo/a*']);

  expect(invalidated).toEqual([['/avatars/a*', '/api/partner/photo/a*']]);
  expect($metadata.httpStatusCode).toBe(201);
  expect(Invalidation).toMatchObject({
    Id: expect.stringMatching(/./),
    Status: 'Completed',
    CreateTime: expect.any(Date),
    InvalidationBatch: {
      CallerReference: 'r&<1>',
      Paths: { Quantity: 2, Items: ['/avatars/a*', '/api/partner/photo/a*'] },
    },
  });
});

test('reads what XML has to escape', async () => {
  const paths = ['/a?d=404&size=64', `/<"'>*`, '/&lt;', '/&amp;amp;', '/$&'];

  const { Invalidation } = await invalidate(paths);

  expect(invalidated).toEqual([paths]);
  expect(Invalidation?.InvalidationBatch?.Paths?.Items).toEqual(paths);
});

test.each([
  ['another distribution', ['/a'], { id: 'EOTHER' }, 'NoSuchDistribution', 404],
  [
    'a quantity that is not that of the paths',
    ['/a'],
    { Quantity: 2 },
    'InconsistentQuantities',
    400,
  ],
  ['a path without its slash', ['/a', 'avatars/b*'], {}, 'InvalidArgument', 400],
  ['a star alone', ['*'], {}, 'InvalidArgument', 400],
  ['a path that is too long', [`/${'a'.repeat(4000)}`], {}, 'InvalidArgument', 400],
  ['no path', [], {}, 'MalformedInput', 400],
  ['a path with a line break', ['/a\nb'], {}, 'MalformedInput', 400],
])('refuses %s, and forgets nothing', async (_, paths, given, name, httpStatusCode) => {
  await expect(invalidate(paths, given)).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode },
  });
  expect(invalidated).toEqual([]);
});

test('knows no other operation', async () => {
  const list = client.send(new ListInvalidationsCommand({ DistributionId: 'ELOCAL' }));

  await expect(list).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

test.each([
  ['nothing', ''],
  ['no XML', '{"Paths":["/a"]}'],
  ['another document', '<Paths><Items><Path>/a</Path></Items></Paths>'],
  ['an entity of its own', document('<Path>/&x;</Path>')],
  ['an ampersand that is none', document('<Path>/a&b</Path>')],
  ['an element in a path', document('<Path>/a<b/></Path>')],
  ['a quantity in words', document('<Path>/a</Path>', 'one')],
  ['more than one document', document('<Path>/a</Path>').repeat(2)],
  [
    'a document type',
    `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${document('<Path>/&e;</Path>')}`,
  ],
])('says 400 to %s', async (_, body) => {
  const refused = await post(body);

  expect(refused.status).toBe(400);
  expect(refused.body).toContain('<Code>MalformedInput</Code>');
  expect(invalidated).toEqual([]);
});

test('reads the longest body that it takes without going back and forth', async () => {
  const refused = await post(document(`<Path>/${'&amp;'.repeat(3000)}</Path>`).slice(0, -1));

  expect(refused.status).toBe(400);
});

test('takes no order from a web page: neither another origin nor a name that resolves to loopback', async () => {
  const { port } = new URL(url);
  const body = document('<Path>/*</Path>');

  const rebound = await post(body, { host: `evil.example:${port}` });
  const foreign = await post(body, { origin: 'https://evil.example' });

  expect([rebound.status, foreign.status]).toEqual([403, 403]);
  expect(invalidated).toEqual([]);
  expect(await post(body)).toMatchObject({ status: 201 });
});

test('cuts off a body without an end', async () => {
  await expect(post('x'.repeat(1_000_000))).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
});
