// All boxes of the picture, joined: what holds state, the functions with their permissions, the API, the edge.

import { Aws, CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type OutputName, type Outputs, outputs } from '../core/outputs.ts';
import { functions, queues, schedules } from '../core/topology.ts';
import { Edge } from './edge.ts';
import { environmentOf } from './function-environment.ts';
import { HttpApi } from './http-api.ts';
import { JobQueue } from './job-queue.ts';
import { LambdaFunction } from './lambda-function.ts';
import { OriginRotation } from './origin-rotation.ts';
import { PartnerTable } from './partner-table.ts';
import { permissions, type Stores } from './permissions.ts';
import { PhotoBucket } from './photo-bucket.ts';
import { Schedule } from './schedule.ts';
import { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';
import { Watch } from './watch.ts';

/** What the stack is made for, and where. */
export interface CameoStackProps extends StackProps {
  readonly settings: Settings;
  /** The web ACL before the edge, if there is to be one. */
  readonly webAclArn?: string;
}

/**
 * Creates all of Cameo. Partners, photos and the URL key outlive the stack, unless the operator wants nothing left;
 * everything else can be made again.
 * It names no account and no region, so that it is synthesised without either.
 */
export class CameoStack extends Stack {
  constructor(scope: Construct, id: string, { settings, webAclArn, ...props }: CameoStackProps) {
    super(scope, id, props);
    const stores = this.#stores(settings);
    const may = permissions(stores);
    const environment = environmentOf(stores, settings);
    const common = { environment, observed: settings };

    const servePhoto = new LambdaFunction(this, 'ServePhoto', {
      declaration: functions.servePhoto,
      ...common,
      permissions: may.servePhoto,
    });
    const partners = new LambdaFunction(this, 'PartnersApi', {
      declaration: functions.partners,
      ...common,
      permissions: may.partners,
    });
    const serveClient = new LambdaFunction(this, 'ServeClient', {
      declaration: functions.serveClient,
      ...common,
      permissions: may.serveClient,
    });
    stores.photos.emptyAfter(serveClient.function);
    const fetchPhoto = new LambdaFunction(this, 'FetchPhoto', {
      declaration: functions.fetchPhoto,
      ...common,
      permissions: may.fetchPhoto,
      // A fetch is postponed by sending its message again. A long pause of Telegram's may postpone it more
      // often than the 16 times after which Lambda takes it for a runaway and drops it.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    stores.photos.emptyAfter(fetchPhoto.function);
    const warmRecent = new LambdaFunction(this, 'WarmRecent', {
      declaration: functions.warmRecent,
      ...common,
      permissions: may.warmRecent,
    });
    const authorizeOrigin = new LambdaFunction(this, 'AuthorizeOrigin', {
      declaration: functions.authorizeOrigin,
      ...common,
      permissions: may.authorizeOrigin,
    });
    const http = new HttpApi(this, 'Http', {
      functions: {
        servePhoto: servePhoto.live,
        partners: partners.live,
        serveClient: serveClient.live,
      },
      authorizer: authorizeOrigin.live,
      logRetentionDays: settings.logRetentionDays,
    });
    const { api } = http;
    const edge = new Edge(this, 'Edge', {
      photos: stores.photos.bucket,
      api,
      originSecret: stores.secrets.origin,
      webAclArn,
      settings,
    });
    http.openAfter(edge.distribution);
    const { distributionId, distributionArn } = edge.distribution;
    const behindEdge = {
      ...common,
      environment: { ...environment, DISTRIBUTION_ID: distributionId },
    };
    const erasePartner = new LambdaFunction(this, 'ErasePartner', {
      declaration: functions.erasePartner,
      ...behindEdge,
      permissions: may.erasePartner(distributionArn),
      // An erasure is postponed by sending its message again, too: to look a second time, and for as long as
      // CloudFront takes no more invalidations.
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    const rotateOriginSecret = new LambdaFunction(this, 'RotateOriginSecret', {
      declaration: functions.rotateOriginSecret,
      ...behindEdge,
      permissions: may.rotateOriginSecret(distributionArn, webAclArn),
    });
    new OriginRotation(this, 'OriginRotation', {
      secret: stores.secrets.origin,
      // Not the alias: the steps of one rotation must not be shared out between two versions.
      rotate: rotateOriginSecret.function,
    });

    stores.queues.fetch.feed(fetchPhoto, 'Source');
    stores.queues.warm.feed(fetchPhoto, 'WarmSource');
    stores.queues.erase.feed(erasePartner, 'Source');
    stores.schedules.warm.invoke(warmRecent.live);

    const lambdas = {
      servePhoto,
      partners,
      serveClient,
      fetchPhoto,
      warmRecent,
      erasePartner,
      authorizeOrigin,
      rotateOriginSecret,
    };
    const { distribution } = edge;
    const watched = { stores, functions: lambdas, api, distribution };
    const watch = new Watch(this, 'Watch', { watched, settings });

    const { queues, schedules, secrets } = stores;
    this.#tell({
      Url: edge.url,
      ApiUrl: api.apiEndpoint,
      BucketName: stores.photos.bucket.bucketName,
      TableName: stores.partners.table.tableName,
      DistributionId: distributionId,
      BotTokenSecretName: secrets.botToken.secretName,
      ServiceKeySecretName: secrets.serviceKey.secretName,
      UrlKeySecretName: secrets.urlKey.secretName,
      FetchQueueUrl: queues.fetch.queue.queueUrl,
      FetchDeadLetterUrl: queues.fetch.deadLetters.queueUrl,
      WarmQueueUrl: queues.warm.queue.queueUrl,
      WarmDeadLetterUrl: queues.warm.deadLetters.queueUrl,
      EraseQueueUrl: queues.erase.queue.queueUrl,
      EraseDeadLetterUrl: queues.erase.deadLetters.queueUrl,
      ScheduleDeadLetterUrl: schedules.warm.deadLetters.queueUrl,
      LogGroupNames: Object.values(lambdas)
        .map(({ log }) => log.logGroupName)
        .join(','),
      MetricsNamespace: this.stackName,
      TelegramApiRoot: settings.telegramApiRoot,
      RefreshHours: String(settings.refreshHours),
      Doctor: `npx cameo doctor --stack ${this.stackName} --region ${Aws.REGION}`,
      DashboardUrl: watch.dashboardUrl,
      AlarmTopicArn: watch.topic?.topicArn ?? 'none',
    });
  }

  #stores(settings: Settings): Stores {
    const removalPolicy =
      settings.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
    return {
      partners: new PartnerTable(this, 'Partners', removalPolicy),
      photos: new PhotoBucket(this, 'Photos', {
        retentionDays: settings.photoRetentionDays,
        removalPolicy,
      }),
      queues: {
        fetch: new JobQueue(this, 'Fetches', queues.fetch),
        warm: new JobQueue(this, 'WarmFetches', queues.warm),
        erase: new JobQueue(this, 'Erasures', queues.erase),
      },
      schedules: {
        warm: new Schedule(this, 'Warming', {
          ...schedules.warm,
          everyMinutes: settings.warmEveryMinutes,
        }),
      },
      secrets: new Secrets(this, 'Secrets', {
        botTokenSecretName: settings.botTokenSecretName,
        removalPolicy,
      }),
    };
  }

  /** What `cdk deploy` prints at its end. */
  #tell(values: Outputs): void {
    for (const name of Object.keys(outputs) as OutputName[]) {
      new CfnOutput(this, name, { value: values[name], description: outputs[name] });
    }
  }
}
