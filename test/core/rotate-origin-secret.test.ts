import { describe, expect, test } from 'vitest';
import { MAX_AGE_MS, originCheck, SETTLE_MS } from '../../core/origin-secret.ts';
import {
  EdgeUnsettled,
  ROTATION_STEPS,
  RotationOutOfStep,
  type RotationPorts,
  rotateOriginSecret,
} from '../../core/rotate-origin-secret.ts';
import { testClock } from '../world.ts';

const MINUTE_MS = 60_000;

/** A secret with its labels and a distribution with edges that learn late; `onCall` hears of each call of a port. */
function worldOf(onCall: (name: string, when: 'before' | 'after') => void = () => {}) {
  const clock = testClock();
  const values = new Map<string, { value: string; createdAtMs: number }>();
  values.set('v1', { value: 'secret-1', createdAtMs: clock.nowMs() });
  const labels: Record<string, string | undefined> = { current: 'v1' };
  const edge = { sent: 'secret-1', settled: true };
  let made = 1;

  const step = async <Result>(name: string, act: () => Result): Promise<Result> => {
    onCall(name, 'before');
    const result = act();
    onCall(name, 'after');
    return result;
  };
  const ports: RotationPorts = {
    clock,
    newSecret: () => {
      made += 1;
      return `secret-${made}`;
    },
    secret: {
      standing: (id) =>
        step('standing', () => {
          if (labels.current === id) return 'current';
          return labels.pending === id ? 'pending' : 'unknown';
        }),
      version: (id) => step('version', () => values.get(id)),
      current: () => step('current', () => values.get(labels.current ?? '')?.value ?? ''),
      putPending: (id, value) =>
        step('putPending', () => {
          if (values.has(id)) throw new Error('the version has another value');
          values.set(id, { value, createdAtMs: clock.nowMs() });
        }),
      makeCurrent: (id) =>
        step('makeCurrent', () => {
          labels.previous = labels.current;
          labels.current = id;
        }),
    },
    edge: {
      sends: (secret) => step('sends', () => edge.sent === secret),
      send: (secret) =>
        step('send', () => {
          if (!edge.settled) throw new EdgeUnsettled('in progress');
          edge.sent = secret;
          edge.settled = false;
        }),
    },
  };
  const counting = () =>
    ['current', 'pending', 'previous'].flatMap((label) => {
      const version = values.get(labels[label] ?? '');
      return version ? [version.value] : [];
    });
  return { clock, ports, labels, edge, counting };
}

async function rotate({ ports, labels }: ReturnType<typeof worldOf>, id: string): Promise<void> {
  labels.pending = id;
  for (const step of ROTATION_STEPS) await rotateOriginSecret(ports, step, id);
}

test('a rotation has the distribution send a new secret, which is then the current one', async () => {
  const world = worldOf();

  await rotate(world, 'v2');

  expect(world.edge.sent).toBe('secret-2');
  expect(world.labels).toMatchObject({ current: 'v2', previous: 'v1' });
});

test('every step may be taken again', async () => {
  const world = worldOf();
  world.labels.pending = 'v2';

  for (const step of ROTATION_STEPS) {
    await rotateOriginSecret(world.ports, step, 'v2');
    await rotateOriginSecret(world.ports, step, 'v2');
  }

  expect(world.edge.sent).toBe('secret-2');
  expect(world.labels).toMatchObject({ current: 'v2', previous: 'v1' });
});

describe('a function that dies', () => {
  const calls: string[] = [];
  const ended = rotate(
    worldOf((name, when) => void calls.push(`${name} ${when}`)),
    'v2',
  );

  test('at any call, before or after it was done, leaves a rotation that can be taken up', async () => {
    await ended;
    expect(calls.length).toBeGreaterThan(20);
    for (let at = 0; at < calls.length; at++) {
      let call = 0;
      const world = worldOf(() => {
        if (call++ === at) throw new Error('died');
      });
      await expect(rotate(world, 'v2')).rejects.toThrow('died');

      await rotate(world, 'v2');

      expect(world.counting(), calls[at]).toContain(world.edge.sent);
      expect(world.labels, calls[at]).toMatchObject({ current: 'v2', previous: 'v1' });
      expect(world.edge.sent, calls[at]).toMatch(/^secret-[23]$/);
      expect(world.counting()[0], calls[at]).toBe(world.edge.sent);
    }
  });
});

describe('the distribution', () => {
  test('is told only when every check knows the pending secret', async () => {
    const world = worldOf();
    const { clock, ports, labels } = world;
    labels.pending = 'v2';
    await rotateOriginSecret(ports, 'createSecret', 'v2');
    const createdAtMs = clock.nowMs();

    await rotateOriginSecret(ports, 'setSecret', 'v2');

    expect(clock.nowMs() - createdAtMs).toBe(SETTLE_MS);
  });

  test('is not told by a clock that is far off to wait for longer than that', async () => {
    const world = worldOf();
    const { clock, ports, labels } = world;
    labels.pending = 'v2';
    clock.advance(60 * MINUTE_MS);
    await rotateOriginSecret(ports, 'createSecret', 'v2');
    clock.advance(-60 * MINUTE_MS);
    const beganAtMs = clock.nowMs();

    await rotateOriginSecret(ports, 'setSecret', 'v2');

    expect(clock.nowMs() - beganAtMs).toBe(SETTLE_MS);
  });

  test('is left alone while its edges still learn of an earlier change, which a rotation could outrun', async () => {
    const world = worldOf();
    await rotate(world, 'v2');

    await expect(rotate(world, 'v3')).rejects.toThrow(EdgeUnsettled);

    expect(world.counting()).toEqual(expect.arrayContaining(['secret-1', 'secret-2']));
    expect(world.labels.current).toBe('v2');
  });
});

describe('a step out of order', () => {
  test('is refused where no rotation of that id is under way', async () => {
    const { ports } = worldOf();

    for (const step of ROTATION_STEPS) {
      await expect(rotateOriginSecret(ports, step, 'v9')).rejects.toThrow(RotationOutOfStep);
    }
  });

  test('is refused where the pending secret has no value, or the distribution does not send it', async () => {
    const { ports, labels, edge } = worldOf();
    labels.pending = 'v2';

    for (const step of ['setSecret', 'testSecret', 'finishSecret'] as const) {
      await expect(rotateOriginSecret(ports, step, 'v2')).rejects.toThrow('no value');
    }
    await rotateOriginSecret(ports, 'createSecret', 'v2');
    await expect(rotateOriginSecret(ports, 'testSecret', 'v2')).rejects.toThrow('does not send');

    expect(edge.sent).toBe('secret-1');
    expect(labels.current).toBe('v1');
  });
});

test('a previous secret that a deployment put back is replaced by the current one before it counts no more', async () => {
  const world = worldOf();
  await rotate(world, 'v2');
  Object.assign(world.edge, { sent: 'secret-1', settled: true });

  await expect(rotate(world, 'v3')).rejects.toThrow(EdgeUnsettled);

  expect(world.edge.sent).toBe('secret-2');
  expect(world.counting()).toEqual(expect.arrayContaining(['secret-1', 'secret-2']));
});

test('no edge is ever refused, through years of rotations and deployments, by checks that remember', async () => {
  const world = worldOf();
  const { clock, edge, labels, counting, ports } = world;
  const check = () => originCheck({ clock, secrets: async () => counting(), report: () => {} });
  const checks = [check(), check(), check()];
  // What an edge may send that has not learned of the last changes yet.
  const underWay = new Set([edge.sent]);
  const asked = async () => {
    underWay.add(edge.sent);
    for (const isOrigin of checks) {
      // Somebody guesses at the worst moment.
      await isOrigin('guess');
      for (const sent of underWay) expect(await isOrigin(sent)).toBe(true);
    }
  };
  const settle = async () => {
    clock.advance(15 * MINUTE_MS);
    await asked();
    edge.settled = true;
    underWay.clear();
    await asked();
  };
  /** CloudFormation puts in what is current; the edges learn of it as of anything else. */
  const deploy = () => Object.assign(edge, { sent: counting()[0], settled: false });

  for (let month = 2; month <= 61; month++) {
    const id = `v${month}`;
    labels.pending = id;
    const deployedBefore = month % (ROTATION_STEPS.length + 1);
    for (let attempt = 0; labels.current !== id; attempt++) {
      expect(attempt).toBeLessThan(4);
      try {
        for (const [index, step] of ROTATION_STEPS.entries()) {
          if (attempt === 0 && index === deployedBefore) deploy();
          await asked();
          await rotateOriginSecret(ports, step, id);
          await asked();
        }
      } catch (error) {
        expect(error).toHaveProperty('name', expect.stringMatching(/EdgeUnsettled|OutOfStep/));
        await settle();
      }
    }
    await settle();
    clock.advance(30 * 24 * MAX_AGE_MS);
  }
});
