// The SDK clients with the settings that all functions share. Each function makes those that it needs.

import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

// A viewer waits for these calls: give up on a silent endpoint well before the function's time-out. Without
// the flag the SDK would only warn.
const requestHandler = {
  connectionTimeout: 1_000,
  requestTimeout: 3_000,
  throwOnRequestTimeout: true,
};

/** A DynamoDB client. */
export const dynamoDbClient = () => new DynamoDBClient({ requestHandler });

/** An S3 client; emulators have no host name for each bucket. */
export const s3Client = () =>
  new S3Client({
    requestHandler,
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL),
  });

/** An SQS client; it would otherwise call the queue URL's host even where an endpoint is set. */
export const sqsClient = () => new SQSClient({ requestHandler, useQueueUrlAsEndpoint: false });

/** A Secrets Manager client. */
export const secretsManagerClient = () => new SecretsManagerClient({ requestHandler });

/** A CloudFront client; its API has one endpoint for all regions. */
export const cloudFrontClient = () => new CloudFrontClient({ requestHandler });

/**
 * A CloudFront client for whoever changes a distribution, which takes seconds and which nobody waits for: a change that
 * is given up may have been made, and is refused when it is repeated.
 */
export const patientCloudFrontClient = () =>
  new CloudFrontClient({ requestHandler: { ...requestHandler, requestTimeout: 15_000 } });
