// Secrets Manager with one secret that is rotated, as far as rotation needs it and in the service's own protocol:
// labels move between versions as the API reference of UpdateSecretVersionStage and PutSecretValue says.

import { bodyOf, type HttpServer, startHttpServer } from './http-server.ts';

/** The secret's name. */
export const SECRET_ID = 'SecretsOrigin-abc';

/** The label by which a version is found. */
export type Stage = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

/** A running Secrets Manager, and what a test does to it from behind. */
export interface RotatingSecretServer extends Pick<HttpServer, 'url' | 'requests' | 'close'> {
  /** What Secrets Manager does when a rotation begins: a version without a value, labelled as pending. */
  beginRotation(versionId: string): void;
  /** The version's value by its label. */
  valueOf(stage: Stage): string | undefined;
  /** Makes every call fail until it is called with false. */
  fail(fails: boolean): void;
}

interface Version {
  value?: string;
  createdAtMs: number;
  stages: Set<string>;
}

interface Input {
  readonly SecretId: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly VersionStages?: readonly string[];
  readonly MoveToVersionId?: string;
  readonly RemoveFromVersionId?: string;
}

class Refusal extends Error {}

/** Starts it with a current value; `now` is its clock in milliseconds. Its owner ends it. */
export async function startRotatingSecret(
  current: string,
  now: () => number,
): Promise<RotatingSecretServer> {
  const versions = new Map<string, Version>([
    ['first', { value: current, createdAtMs: now(), stages: new Set(['AWSCURRENT']) }],
  ]);
  let fails = false;

  const labelled = (stage: string) => [...versions].find(([, { stages }]) => stages.has(stage));
  const move = (stage: string, to: Version) => {
    for (const { stages } of versions.values()) stages.delete(stage);
    to.stages.add(stage);
  };
  const find = ({ VersionId, VersionStage = 'AWSCURRENT' }: Input) => {
    const found = VersionId ? versions.get(VersionId) : labelled(VersionStage)?.[1];
    if (found?.value === undefined) throw new Refusal('ResourceNotFoundException');
    return found;
  };

  const operations: Readonly<Record<string, (input: Input) => object>> = {
    GetSecretValue(input) {
      const { value, createdAtMs, stages } = find(input);
      return { SecretString: value, CreatedDate: createdAtMs / 1000, VersionStages: [...stages] };
    },
    DescribeSecret: () => ({
      RotationEnabled: true,
      VersionIdsToStages: Object.fromEntries(
        [...versions].map(([id, { stages }]) => [id, [...stages]]),
      ),
    }),
    PutSecretValue({ ClientRequestToken: id = '', SecretString: value = '', VersionStages = [] }) {
      const version = versions.get(id) ?? { createdAtMs: now(), stages: new Set<string>() };
      if (version.value !== undefined && version.value !== value) {
        throw new Refusal('ResourceExistsException');
      }
      versions.set(id, Object.assign(version, { value, createdAtMs: now() }));
      for (const stage of VersionStages) move(stage, version);
      return { VersionId: id };
    },
    UpdateSecretVersionStage({ VersionStage = '', MoveToVersionId = '', RemoveFromVersionId }) {
      const from = labelled(VersionStage);
      const to = versions.get(MoveToVersionId);
      if (!to || from?.[0] !== RemoveFromVersionId) throw new Refusal('InvalidParameterException');
      move(VersionStage, to);
      if (from && VersionStage === 'AWSCURRENT') move('AWSPREVIOUS', from[1]);
      return {};
    },
  };

  const server = await startHttpServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    const input = JSON.parse((await bodyOf(request)).toString('utf8')) as Input;
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    if (fails) return answer(500, { __type: 'InternalServiceError' });
    try {
      if (input.SecretId !== SECRET_ID) throw new Refusal('ResourceNotFoundException');
      answer(200, operations[target]?.(input) ?? {});
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer(400, { __type: error.message });
    }
  });
  return {
    ...server,
    beginRotation: (versionId) => {
      const version: Version = { createdAtMs: now(), stages: new Set() };
      versions.set(versionId, version);
      move('AWSPENDING', version);
    },
    valueOf: (stage) => labelled(stage)?.[1].value,
    fail: (whether) => {
      fails = whether;
    },
  };
}
