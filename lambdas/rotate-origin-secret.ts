// Box "rotate-origin-secret": a step of changing the secret by which the API knows the distribution. Secrets Manager
// waits for the answer and repeats what fails, so nothing is lost without a queue.

import { randomBytes } from 'node:crypto';
import type { SecretsManagerRotationEvent } from 'aws-lambda';
import { rotatingSecret } from '../adapters/origin-secret.ts';
import { provingEdge } from '../adapters/proving-edge.ts';
import { type RotationPorts, rotateOriginSecret } from '../core/rotate-origin-secret.ts';
import { functions } from '../core/topology.ts';
import { patientCloudFrontClient, secretsManagerClient } from './clients.ts';
import { environmentOf, systemClock } from './environment.ts';
import { log } from './log.ts';

const environment = environmentOf(functions.rotateOriginSecret.environment);

const ports: RotationPorts = {
  secret: rotatingSecret(secretsManagerClient(), environment.ORIGIN_SECRET),
  edge: provingEdge(patientCloudFrontClient(), environment.DISTRIBUTION_ID),
  clock: systemClock,
  newSecret: () => randomBytes(32).toString('hex'),
};

/** The Lambda handler. */
export async function handler({
  Step: step,
  ClientRequestToken: versionId,
}: Pick<SecretsManagerRotationEvent, 'Step' | 'ClientRequestToken'>): Promise<void> {
  try {
    await rotateOriginSecret(ports, step, versionId);
    await log('info', 'rotation', { step, versionId });
  } catch (error) {
    await log('error', 'rotation failed', { step, versionId, error });
    // What Lambda itself would log is not made plain (log.ts).
    throw new Error(`the rotation's step ${step} failed`);
  }
}
