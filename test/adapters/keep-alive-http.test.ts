import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BodyOverLimit, ConnectionFailed, keepAliveHttp } from '../../adapters/keep-alive-http.ts';
import { type Answer, testServer } from '../http-server.ts';

const SECRET_PATH = '/bot42:canary/getMe';
const options = { signal: new AbortController().signal, maxBytes: 1000 };

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => expect.fail('it was answered'),
    (reason) => reason,
  );
  const told = [
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    error.stack,
  ];
  expect(told.join('\n')).not.toContain('canary');
  return error;
}

/** Runs when the client has read the head of the next answer. */
function onAnswerBegun(act: () => void): void {
  const channel = 'http.client.response.finish';
  const once = () => {
    unsubscribe(channel, once);
    act();
  };
  subscribe(channel, once);
  onTestFinished(() => {
    unsubscribe(channel, once);
  });
}

describe('an answer', () => {
  test('has status, headers and body, from below the path of the root', async () => {
    const server = await testServer((_, response) => {
      response.writeHead(418, { 'X-Pot': 'tea' }).end('short');
    });

    const answer = await keepAliveHttp(new URL(`${server.url}/below/`))('/a?b=c', options);

    expect(answer).toMatchObject({ status: 418, headers: { 'x-pot': 'tea' } });
    expect(answer.body.toString()).toBe('short');
    expect(server.requests).toEqual(['GET /below/a?b=c']);
  });

  test('that redirects is not followed', async () => {
    const elsewhere = await testServer((_, response) => response.end());
    const server = await testServer((_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/elsewhere` }).end();
    });

    const { status } = await keepAliveHttp(new URL(server.url))(SECRET_PATH, options);

    expect(status).toBe(302);
    expect(elsewhere.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('may have as many bytes as are allowed, and not one more', async () => {
    const server = await testServer(({ url }, response) => {
      response.end(Buffer.alloc(Number(url?.slice(1))));
    });
    const get = keepAliveHttp(new URL(server.url));

    const exact = await get('/1000', options);
    const over = await failureOf(get('/1001', options));

    expect(exact.body).toHaveLength(1000);
    expect(over).toBeInstanceOf(BodyOverLimit);
  });

  test.each([
    ['that says nothing of its length', {}],
    ['that promises ten gigabytes', { 'content-length': String(10 * 1024 ** 3) }],
  ])('without an end %s is cut off at the limit', async (_, headers) => {
    const { promise: closed, resolve } = Promise.withResolvers<number>();
    const server = await testServer((request, response) => {
      const { socket } = request;
      socket.on('close', () => resolve(socket.bytesWritten));
      response.writeHead(200, headers);
      const more = () => {
        while (response.write(Buffer.alloc(64 * 1024)));
      };
      response.on('drain', more);
      more();
    });

    const error = await failureOf(keepAliveHttp(new URL(server.url))('/', options));

    expect(error).toBeInstanceOf(BodyOverLimit);
    // What lies in the buffers of both ends of the connection at most.
    expect(await closed).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('a connection', () => {
  test('is used again for one call after the other', async () => {
    const server = await testServer((_, response) => response.end('ok'));
    const get = keepAliveHttp(new URL(server.url));

    for (let call = 0; call < 5; call++) await get('/', options);

    expect(server.requests).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });

  test('that the server closed meanwhile is replaced, once and unnoticed', async () => {
    const server = await testServer((request, response) => {
      if (server.requests.length === 2) request.socket.destroy();
      else response.end('ok');
    });
    const get = keepAliveHttp(new URL(server.url));
    await get('/', options);

    const answer = await get('/', options);

    expect(answer.body.toString()).toBe('ok');
    expect(server.requests).toHaveLength(3);
    expect(server.connections()).toBe(2);
  });

  test('that is closed again after it was replaced is a failure', async () => {
    const server = await testServer((request, response) => {
      if (server.requests.length > 1) request.socket.destroy();
      else response.end('ok');
    });
    const get = keepAliveHttp(new URL(server.url));
    await get('/', options);

    const error = await failureOf(get(SECRET_PATH, options));

    expect(error).toBeInstanceOf(ConnectionFailed);
    expect(server.requests).toHaveLength(3);
  });

  test('that was new when it was closed is a failure at once', async () => {
    const server = await testServer((request) => request.socket.destroy());

    const error = await failureOf(keepAliveHttp(new URL(server.url))(SECRET_PATH, options));

    expect(error).toBeInstanceOf(ConnectionFailed);
    expect(error.message).toBe('ECONNRESET');
    expect(server.requests).toHaveLength(1);
  });

  test.each(['destroy', 'resetAndDestroy'] as const)(
    'that ends within an answer (%s) is a failure, kept or not',
    async (end) => {
      const beginAndEnd: Answer = (request, response) => {
        onAnswerBegun(() => request.socket[end]());
        response.writeHead(200, { 'content-length': 100 });
        response.write('begun');
      };
      const server = await testServer((request, response) =>
        server.requests.length === 1 ? response.end('ok') : beginAndEnd(request, response),
      );
      const get = keepAliveHttp(new URL(server.url));
      await get('/', options);

      const error = await failureOf(get(SECRET_PATH, options));

      expect(error).toBeInstanceOf(ConnectionFailed);
      expect(server.requests).toHaveLength(2);
    },
  );
});

describe('the signal', () => {
  test.each([
    ['before the answer', () => {}],
    [
      'within the answer',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('begun');
      },
    ],
  ])('ends a call that hangs %s', async (_, begin) => {
    const leaving = new AbortController();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const server = await testServer((request, response) => {
      request.socket.on('close', () => resolve());
      begin(response);
      if (response.headersSent) onAnswerBegun(() => leaving.abort());
      else leaving.abort();
    });
    const get = keepAliveHttp(new URL(server.url));

    const error = await failureOf(get(SECRET_PATH, { ...options, signal: leaving.signal }));

    expect(error).toBeInstanceOf(ConnectionFailed);
    await closed;
    expect(server.requests).toHaveLength(1);
  });

  test('that is over already lets nothing be asked', async () => {
    const server = await testServer((_, response) => response.end());
    const get = keepAliveHttp(new URL(server.url));

    const error = await failureOf(get(SECRET_PATH, { ...options, signal: AbortSignal.abort() }));

    expect(error).toBeInstanceOf(ConnectionFailed);
    expect(server.requests).toEqual([]);
  });
});

test.each([
  ['nobody listens', 'http://127.0.0.1:1'],
  ['no such host is known', 'http://nowhere.invalid'],
  ['TLS is spoken to a server that has none', 'https:'],
])('a failure tells a code and nothing else where %s', async (_, root) => {
  const plain = await testServer((_, response) => response.end());
  const url = root === 'https:' ? plain.url.replace('http:', 'https:') : root;

  const error = await failureOf(keepAliveHttp(new URL(url))(SECRET_PATH, options));

  expect(error).toBeInstanceOf(ConnectionFailed);
  expect(error.message).toMatch(/^[A-Z][A-Z0-9_]+$/);
  expect(error.cause).toBeUndefined();
});

test('an answer that is not HTTP is a failure that tells nothing of it', async () => {
  const server = await testServer((request) => {
    request.socket.end('220 canary ready to serve\r\n');
  });

  const error = await failureOf(keepAliveHttp(new URL(server.url))(SECRET_PATH, options));

  expect(error.message).toMatch(/^HPE_/);
});
