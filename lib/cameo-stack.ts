// All boxes of the picture, joined: what holds state, the functions with their permissions, the API, the edge.

import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { functions, queues } from '../core/topology.ts';
import { Edge } from './edge.ts';
import { FetchQueue } from './fetch-queue.ts';
import { HttpApi } from './http-api.ts';
import { type Environment, LambdaFunction } from './lambda-function.ts';
import { PartnerTable } from './partner-table.ts';
import { permissions, type Stores } from './permissions.ts';
import { PhotoBucket } from './photo-bucket.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

/** What the stack is made for, and where. */
export interface CameoStackProps extends StackProps {
  readonly settings: Settings;
}

/**
 * Creates all of Cameo. Partners, photos and the URL key outlive the stack; everything else can be made again.
 * It names no account and no region, so that it is synthesised without either.
 */
export class CameoStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: CameoStackProps) {
    super(scope, id, props);
    const stores: Stores = {
      partners: new PartnerTable(this, 'Partners'),
      photos: new PhotoBucket(this, 'Photos'),
      fetchQueue: new FetchQueue(this, 'Fetches', queues.fetch),
      secrets: new Secrets(this, 'Secrets', settings.botTokenSecretName),
    };
    const may = permissions(stores);
    const environment = environmentOf(stores, settings);

    const servePhoto = new LambdaFunction(this, 'ServePhoto', {
      declaration: functions.servePhoto,
      environment,
      permissions: may.servePhoto,
    });
    const partners = new LambdaFunction(this, 'PartnersApi', {
      declaration: functions.partners,
      environment,
      permissions: may.partners,
    });
    const fetchPhoto = new LambdaFunction(this, 'FetchPhoto', {
      declaration: functions.fetchPhoto,
      environment,
      permissions: may.fetchPhoto,
      // A fetch is postponed by sending its message again. A long pause of Telegram's may postpone it more
      // often than the 16 times after which Lambda takes it for a runaway and drops it.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    stores.fetchQueue.feed(fetchPhoto.function);

    const { api } = new HttpApi(this, 'Http', {
      servePhoto: servePhoto.function,
      partners: partners.function,
      fetchPhoto: fetchPhoto.function,
    });
    const edge = new Edge(this, 'Edge', {
      photos: stores.photos.bucket,
      api,
      domain: settings.domain,
    });

    new CfnOutput(this, 'Url', { value: edge.url });
    new CfnOutput(this, 'ApiUrl', { value: api.apiEndpoint });
    new CfnOutput(this, 'BucketName', { value: stores.photos.bucket.bucketName });
    new CfnOutput(this, 'TableName', { value: stores.partners.table.tableName });
    new CfnOutput(this, 'DistributionId', { value: edge.distribution.distributionId });
    new CfnOutput(this, 'ServiceKeySecretName', { value: stores.secrets.serviceKey.secretName });
    new CfnOutput(this, 'UrlKeySecretName', { value: stores.secrets.urlKey.secretName });
  }
}

function environmentOf(stores: Stores, settings: Settings): Environment {
  return {
    TABLE_NAME: stores.partners.table.tableName,
    BUCKET_NAME: stores.photos.bucket.bucketName,
    FETCH_QUEUE_URL: stores.fetchQueue.queue.queueUrl,
    URL_KEY_SECRET: stores.secrets.urlKey.secretName,
    SERVICE_KEY_SECRET: stores.secrets.serviceKey.secretName,
    BOT_TOKEN_SECRET: stores.secrets.botToken.secretName,
    TELEGRAM_API_ROOT: settings.telegramApiRoot,
  };
}
