// The four steps by which Secrets Manager changes a secret (User Guide, "Lambda rotation functions"), for the one by
// which the API knows the distribution. Each may be repeated after a crash anywhere in it. At every moment the
// distribution sends a secret that the API takes: see core/origin-secret.ts.

import { SETTLE_MS } from './origin-secret.ts';
import type { Clock } from './ports.ts';

/** The steps, by the names that Secrets Manager has for them. */
export const ROTATION_STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** The name of a step. */
export type RotationStep = (typeof ROTATION_STEPS)[number];

/** A version of the secret that has a value. */
export interface SecretVersion {
  readonly value: string;
  readonly createdAtMs: number;
}

/** The secret, whose versions are known by the rotation's id. */
export interface RotatingSecret {
  /** What is to become of a version; `unknown` is a rotation that nobody began. */
  standing(versionId: string): Promise<'pending' | 'current' | 'unknown'>;
  /** Undefined where the version has no value yet. */
  version(versionId: string): Promise<SecretVersion | undefined>;
  /** The value of the current version. */
  current(): Promise<string>;
  putPending(versionId: string, value: string): Promise<void>;
  /** Makes the version the current one, and the current one the previous. */
  makeCurrent(versionId: string): Promise<void>;
}

/** The distribution as far as it proves itself to the API. */
export interface ProvingEdge {
  /** Whether it is to send this secret; the edges may not know yet. */
  sends(secret: string): Promise<boolean>;
  /** Has it send this secret. Throws EdgeUnsettled while the edges still learn of an earlier change. */
  send(secret: string): Promise<void>;
}

/** What rotating needs of the outside. */
export interface RotationPorts {
  readonly secret: RotatingSecret;
  readonly edge: ProvingEdge;
  readonly clock: Clock;
  readonly newSecret: () => string;
}

/** The edges have not all learned of an earlier change: another rotation now might outrun them. */
export class EdgeUnsettled extends Error {
  override readonly name = 'EdgeUnsettled';
}

/** A step that cannot be taken, since an earlier one was not. */
export class RotationOutOfStep extends Error {
  override readonly name = 'RotationOutOfStep';
}

/** Takes a step of the rotation whose new version has this id; Secrets Manager repeats what throws. */
export async function rotateOriginSecret(
  ports: RotationPorts,
  step: RotationStep,
  versionId: string,
): Promise<void> {
  const standing = await ports.secret.standing(versionId);
  if (standing === 'current') return;
  if (standing === 'unknown') throw new RotationOutOfStep('no rotation of this id is under way');
  await steps[step](ports, versionId);
}

const steps: Readonly<Record<RotationStep, (ports: RotationPorts, id: string) => Promise<void>>> = {
  async createSecret({ secret, newSecret }, id) {
    if (!(await secret.version(id))) await secret.putPending(id, newSecret());
  },

  async setSecret({ secret, edge, clock }, id) {
    const { value, createdAtMs } = await pendingVersion(secret, id);
    const settledAtMs = createdAtMs + SETTLE_MS;
    const waitMs = settledAtMs - clock.nowMs();
    if (waitMs > 0) await clock.sleep(Math.min(waitMs, SETTLE_MS));
    if (await edge.sends(value)) return;
    const current = await secret.current();
    if (await edge.sends(current)) return edge.send(value);
    // A deployment at the end of the last rotation has put the previous one back, which counts no more when this
    // rotation is done: edges must not be sending it by then.
    await edge.send(current);
    throw new EdgeUnsettled('the edges learn of the current secret first');
  },

  async testSecret({ secret, edge }, id) {
    const { value } = await pendingVersion(secret, id);
    if (await edge.sends(value)) return;
    throw new RotationOutOfStep('the distribution does not send the pending secret');
  },

  async finishSecret({ secret }, id) {
    await pendingVersion(secret, id);
    await secret.makeCurrent(id);
  },
};

async function pendingVersion(secret: RotatingSecret, id: string): Promise<SecretVersion> {
  const version = await secret.version(id);
  if (version) return version;
  throw new RotationOutOfStep('the pending secret has no value');
}
