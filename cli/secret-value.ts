// A secret of a Cameo, by the output that names it. Its value goes nowhere but into a signature or a header.

import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { OutputName } from '../core/outputs.ts';
import type { Deployment } from './deployment.ts';
import { Mistake } from './mistake.ts';

/** The value, without blanks around it. Throws Mistake where there is none. */
export async function secretValue(
  { clients, outputs }: Deployment,
  output: Extract<OutputName, `${string}SecretName`>,
): Promise<string> {
  const name = outputs[output];
  const { SecretString } = await clients.secretsManager
    .send(new GetSecretValueCommand({ SecretId: name }))
    .catch((error: unknown) => {
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      throw new Mistake(`The secret ${name} is not there: deploy the stack again.`, {
        cause: error,
      });
    });
  const value = SecretString?.trim();
  if (value) return value;
  throw new Mistake(`The secret ${name} is empty: put the value in as plain text.`);
}
