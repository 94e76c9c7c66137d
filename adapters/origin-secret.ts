// The secret by which the API knows the distribution, in Secrets Manager: all its values that count, and its rotation.

import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { RotatingSecret, SecretVersion } from '../core/rotate-origin-secret.ts';

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';
const PREVIOUS = 'AWSPREVIOUS';

/** The current value, and the pending and the previous one where there is any. Throws where there is no current one. */
export function countingSecrets(
  client: SecretsManagerClient,
  secretId: string,
): () => Promise<readonly string[]> {
  return async () => {
    const [current, ...others] = await Promise.all([
      currentSecret(client, secretId),
      read(client, { SecretId: secretId, VersionStage: PENDING }),
      read(client, { SecretId: secretId, VersionStage: PREVIOUS }),
    ]);
    return [current, ...others.flatMap((version) => (version ? [version.value] : []))];
  };
}

async function currentSecret(client: SecretsManagerClient, secretId: string): Promise<string> {
  const current = await read(client, { SecretId: secretId, VersionStage: CURRENT });
  if (current) return current.value;
  throw new Error(`secret ${secretId} has no current value`);
}

/** The secret as one that is rotated. */
export function rotatingSecret(client: SecretsManagerClient, secretId: string): RotatingSecret {
  const describe = async () =>
    (await client.send(new DescribeSecretCommand({ SecretId: secretId }))).VersionIdsToStages ?? {};
  return {
    async standing(versionId) {
      const stages = (await describe())[versionId] ?? [];
      if (stages.includes(CURRENT)) return 'current';
      return stages.includes(PENDING) ? 'pending' : 'unknown';
    },
    // By id alone: a version that is named by its stage as well is asked for in vain while the stage moves.
    version: (versionId) => read(client, { SecretId: secretId, VersionId: versionId }),
    current: () => currentSecret(client, secretId),
    async putPending(versionId, value) {
      await client.send(
        new PutSecretValueCommand({
          SecretId: secretId,
          ClientRequestToken: versionId,
          SecretString: value,
          VersionStages: [PENDING],
        }),
      );
    },
    async makeCurrent(versionId) {
      const versions = Object.entries(await describe());
      const [currentId] = versions.find(([, stages]) => stages.includes(CURRENT)) ?? [];
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: secretId,
          VersionStage: CURRENT,
          MoveToVersionId: versionId,
          RemoveFromVersionId: currentId,
        }),
      );
    },
  };
}

/** Secrets Manager says "not found" of a version without a value, too. */
async function read(
  client: SecretsManagerClient,
  input: GetSecretValueCommandInput,
): Promise<SecretVersion | undefined> {
  try {
    const { SecretString, CreatedDate } = await client.send(new GetSecretValueCommand(input));
    return SecretString && CreatedDate
      ? { value: SecretString, createdAtMs: CreatedDate.getTime() }
      : undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
