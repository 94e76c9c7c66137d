// Where the AWS services are on this machine, and the SDK clients that local mode itself uses on them.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
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

/** The emulators that keep their state in `dataDir`, or the given one, which its owner ends. */
export async function awsEndpoints(
  dataDir: string,
  endpointUrl: string | undefined,
): Promise<AwsEndpoints> {
  if (endpointUrl === undefined) return startEmulators({ dataDir });
  const urls = { dynamodbUrl: endpointUrl, s3Url: endpointUrl, sqsUrl: endpointUrl };
  return { ...urls, stop: async () => {} };
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
