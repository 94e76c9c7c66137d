// The Cameo that a command is about: the one on this machine, or a stack, whose outputs say where its parts are.

import { resolve } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { outputs as declared, type OutputName, type Outputs } from '../core/outputs.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/aws.ts';
import { endpointVariables, readOutputs } from '../local/outputs-file.ts';
import { DEFAULT_DATA_DIR } from '../local/settings.ts';
import { codeOf, Mistake } from './mistake.ts';

/** Which Cameo: a stack's name and region, or neither for the one on this machine. */
export interface DeploymentOptions {
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
}

/** Clients for the parts of a Cameo; those of a stack have the credentials of the operator's shell. */
export interface DeploymentClients {
  readonly cloudWatch: CloudWatchClient;
  readonly dynamodb: DynamoDBClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly secretsManager: SecretsManagerClient;
  readonly sqs: SQSClient;
}

/** A Cameo with what it tells of itself. */
export interface Deployment {
  readonly kind: 'local' | 'stack';
  readonly outputs: Outputs;
  readonly clients: DeploymentClients;
}

/**
 * For every SDK client: without it one waits for ever where AWS takes a connection and says nothing. With the SDK's
 * three attempts a command ends within 40 seconds.
 */
export const PATIENCE = {
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
  },
} as const;

/** The environment variable that names the stack where no option does. */
const STACK_VARIABLE = 'CAMEO_STACK';

/** The name of the stack that is meant; `undefined` for the Cameo on this machine. */
export function stackOf(
  { stack }: DeploymentOptions,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  return stack || environment[STACK_VARIABLE]?.trim() || undefined;
}

/** `npx cameo …` for this Cameo, to be copied: it names the stack and the region as the output Doctor does. */
export function commandFor({ outputs }: Pick<Deployment, 'outputs'>, command: string): string {
  return outputs.Doctor.replace('doctor', command);
}

/** The data folder of the Cameo on this machine. */
export function dataDirOf({ CAMEO_DATA_DIR }: NodeJS.ProcessEnv): string {
  return resolve(CAMEO_DATA_DIR?.trim() || DEFAULT_DATA_DIR);
}

/** Finds it. Throws Mistake that says what to start, set or deploy. */
export async function findDeployment(
  options: DeploymentOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Deployment> {
  const stack = stackOf(options, environment);
  return stack ? findStack(stack, options.region, environment) : findLocal(dataDirOf(environment));
}

function findLocal(dataDir: string): Deployment {
  const system = readOutputs(dataDir);
  if (!system) {
    throw new Mistake(
      `No Cameo runs on ${dataDir}: begin one with npm start, set CAMEO_DATA_DIR to the data folder of one that runs, or name a stack with --stack.`,
    );
  }
  const services = endpointVariables(system.endpoints);
  const endpointOf = (service: string) => services[`AWS_ENDPOINT_URL_${service}`];
  return { kind: 'local', outputs: system.outputs, clients: clientsOf(LOCAL, true, endpointOf) };
}

// No account: a real one has no business here.
const LOCAL = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };

async function findStack(
  stack: string,
  region: string | undefined,
  { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 }: NodeJS.ProcessEnv,
): Promise<Deployment> {
  const config = region ? { region } : {};
  const isEmulated = Boolean(AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL);
  const clients = clientsOf(config, isEmulated, () => undefined);
  return { kind: 'stack', outputs: await readStack(stack, config), clients };
}

interface ClientConfig {
  readonly region?: string;
  readonly credentials?: typeof LOCAL_CREDENTIALS;
}

/** Without an endpoint the SDK takes that of the environment, or AWS's; emulators have no host for each bucket. */
function clientsOf(
  config: ClientConfig,
  forcePathStyle: boolean,
  endpointOf: (service: string) => string | undefined,
): DeploymentClients {
  const at = (service: string) => {
    const endpoint = endpointOf(service);
    return { ...PATIENCE, ...config, ...(endpoint && { endpoint }) };
  };
  return {
    cloudWatch: new CloudWatchClient(at('CLOUDWATCH')),
    dynamodb: new DynamoDBClient(at('DYNAMODB')),
    logs: new CloudWatchLogsClient(at('CLOUDWATCH_LOGS')),
    s3: new S3Client({ ...at('S3'), forcePathStyle }),
    secretsManager: new SecretsManagerClient(at('SECRETS_MANAGER')),
    sqs: new SQSClient({ ...at('SQS'), useQueueUrlAsEndpoint: false }),
  };
}

async function readStack(stack: string, config: ClientConfig): Promise<Outputs> {
  const client = new CloudFormationClient({ ...PATIENCE, ...config });
  const { Stacks } = await client
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((error: unknown) => {
      // CloudFormation's code for a stack that it does not have.
      if (codeOf(error) !== 'ValidationError') throw error;
      throw new Mistake(
        `There is no stack ${stack} in this account and region: check --stack, --region and AWS_PROFILE.`,
        { cause: error },
      );
    });
  const values = Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]),
  );
  const missing = (Object.keys(declared) as OutputName[]).filter((name) => !values[name]);
  if (missing.length === 0) return values as Outputs;
  throw new Mistake(
    `The stack ${stack} has no output ${missing[0]}: it is no Cameo, or one of an older release; name another, or deploy this release.`,
  );
}
