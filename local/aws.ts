// Where the AWS services are on this machine, and the SDK clients that local mode itself uses on them.

import { devNull } from 'node:os';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { claimDataFolder } from './data-folder.ts';
import { startEmulators } from './emulators.ts';

/** Base URLs of the services' emulators, and what ends them. */
export interface AwsEndpoints {
  readonly dynamodbUrl: string;
  readonly s3Url: string;
  readonly sqsUrl: string;
  stop(): Promise<void>;
}

/** Clients of the emulators. */
export interface AwsClients {
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
}

/** The region that the emulators pretend to be in. */
export const LOCAL_REGION = 'us-east-1';

/** Emulators take any credentials; real ones of this machine's owner have no business there. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/**
 * Makes this process forget the AWS account of its user: profiles, credentials and configuration files, and
 * switches such as AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, which would send the handlers' calls to AWS itself.
 */
export function forgetAwsAccount(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_')) delete environment[name];
  }
  Object.assign(environment, {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  });
}

/**
 * The emulators that keep their state in `dataDir`, or the given one, which its owner ends. The folder is
 * this process's alone until `stop`, for what else it holds; throws `DataFolderInUse`.
 */
export async function awsEndpoints(
  dataDir: string,
  endpointUrl: string | undefined,
): Promise<AwsEndpoints> {
  if (endpointUrl === undefined) return startEmulators({ dataDir });
  const release = claimDataFolder(dataDir);
  const urls = { dynamodbUrl: endpointUrl, s3Url: endpointUrl, sqsUrl: endpointUrl };
  return { ...urls, stop: async () => release() };
}

/** Clients for these endpoints. */
export function awsClients({ dynamodbUrl, s3Url, sqsUrl }: AwsEndpoints): AwsClients {
  const common = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  return {
    dynamodb: new DynamoDBClient({ ...common, endpoint: dynamodbUrl }),
    s3: new S3Client({ ...common, endpoint: s3Url, forcePathStyle: true }),
    sqs: new SQSClient({ ...common, endpoint: sqsUrl, useQueueUrlAsEndpoint: false }),
  };
}
