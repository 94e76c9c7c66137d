import { describe, expect, test } from 'vitest';
import { Unauthenticated } from '../../core/errors.ts';
import { problemOf } from '../../lambdas/problem.ts';
import { createSignIn } from '../../lambdas/sign-in.ts';
import { initDataSigner } from '../init-data.ts';

const SERVICE_KEY = 'service-key-canary';
const BOT_ID = '123456';

const signer = initDataSigner(BOT_ID);
const options = {
  serviceKeys: { read: async () => `${SERVICE_KEY} next-service-key-canary` },
  botId: BOT_ID,
  publicKeys: signer.publicKeyHex,
  maxAgeSeconds: 3600,
  clock: { nowMs: () => Date.now() },
};
const signIn = createSignIn(options);

const asked = (authorization?: string) => ({
  headers: authorization === undefined ? {} : { authorization },
});
const tma = () => asked(`tma ${signer.signIn({ id: 42 })}`);
const bearer = asked(`Bearer ${SERVICE_KEY}`);

/** The problem that a caller would get. */
async function problemFrom(answer: Promise<unknown>) {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Unauthenticated);
  const problem = problemOf(error);
  expect(problem?.statusCode).toBe(401);
  expect(problem?.body).not.toContain('canary');
  const { detail } = JSON.parse(String(problem?.body));
  return { detail, challenge: problem?.headers?.['www-authenticate'] };
}

const NOTHING = [
  ['no header', undefined],
  ['an empty one', ''],
  ['a scheme alone', 'tma'],
  ['a scheme and a blank', 'Bearer '],
  ['another scheme', `Basic ${SERVICE_KEY}`],
  ['the key alone', SERVICE_KEY],
  ['two keys', `Bearer ${SERVICE_KEY} ${SERVICE_KEY}`],
] as const;

describe('the backend’s door', () => {
  test('lets the service key in, and the next one', async () => {
    await expect(signIn.requireService(bearer)).resolves.toBeUndefined();
    const next = asked('bearer  next-service-key-canary');
    await expect(signIn.requireService(next)).resolves.toBeUndefined();
  });

  test.each(NOTHING)('says what it takes to %s', async (_, authorization) => {
    expect(await problemFrom(signIn.requireService(asked(authorization)))).toEqual({
      detail: 'This route takes `Authorization: Bearer <service key>`.',
      challenge: 'Bearer',
    });
  });

  test('is closed to a user', async () => {
    expect(await problemFrom(signIn.requireService(tma()))).toEqual({
      detail: 'This route takes `Authorization: Bearer <service key>`.',
      challenge: 'Bearer',
    });
  });

  test('is closed to another key', async () => {
    const { detail, challenge } = await problemFrom(signIn.requireService(asked('Bearer x')));

    expect(detail).toContain('not the service key');
    expect(challenge).toBe('Bearer');
  });
});

describe('the user’s door', () => {
  test('tells who came in', async () => {
    expect(await signIn.requireUser(tma())).toEqual({ userId: '42', firstName: 'Ada' });
    const inCapitals = asked(`TMA ${signer.signIn({ id: 43 })}`);
    expect(await signIn.requireUser(inCapitals)).toMatchObject({ userId: '43' });
  });

  test.each([...NOTHING, ['the service key', `Bearer ${SERVICE_KEY}`] as const])(
    'says what it takes to %s',
    async (_, authorization) => {
      expect(await problemFrom(signIn.requireUser(asked(authorization)))).toEqual({
        detail: 'This route takes `Authorization: tma <initData>`.',
        challenge: 'tma',
      });
    },
  );

  test('is closed to a sign-in that is too old, which learns why', async () => {
    const clock = { nowMs: () => Date.now() + 3_602_000 };

    const { detail, challenge } = await problemFrom(
      createSignIn({ ...options, clock }).requireUser(tma()),
    );

    expect(detail).toContain('older than 3600 s');
    expect(challenge).toBe('tma');
  });

  test('is closed where no bot is configured, and says whose turn it is', async () => {
    const { detail } = await problemFrom(
      createSignIn({ ...options, botId: 'none' }).requireUser(tma()),
    );

    expect(detail).toContain('the operator has not set botId');
  });

  test('needs no service key', async () => {
    const read = () => Promise.reject(new Error('Secrets Manager is away'));
    const without = createSignIn({ ...options, serviceKeys: { read } });

    expect(await without.requireUser(tma())).toMatchObject({ userId: '42' });
    expect(await without.requireAnyone(tma())).toBeUndefined();
    await expect(without.requireService(bearer)).rejects.toThrow('Secrets Manager is away');
  });
});

describe('the door for both', () => {
  test('lets a user in, and the backend, and tells not who', async () => {
    expect(await signIn.requireAnyone(tma())).toBeUndefined();
    expect(await signIn.requireAnyone(bearer)).toBeUndefined();
  });

  test.each(NOTHING)('says what it takes to %s', async (_, authorization) => {
    expect(await problemFrom(signIn.requireAnyone(asked(authorization)))).toEqual({
      detail:
        'This route takes `Authorization: tma <initData>` or `Authorization: Bearer <service key>`.',
      challenge: 'tma, Bearer',
    });
  });

  test.each([
    ['a wrong key', 'Bearer x', 'not the service key'],
    ['a wrong sign-in', 'tma x', 'send it raw'],
    ['a service key that says it is a sign-in', `tma ${SERVICE_KEY}`, 'send it raw'],
    ['initData that says it is a key', `Bearer ${signer.signIn({ id: 42 })}`, 'service key'],
  ])('is closed to %s', async (_, authorization, words) => {
    const { detail, challenge } = await problemFrom(signIn.requireAnyone(asked(authorization)));

    expect(detail).toContain(words);
    expect(challenge).toBe('tma, Bearer');
  });
});
