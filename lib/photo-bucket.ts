// Where photos rest between Telegram and the edge. A photo's path is its key, so the edge reads it directly.

import { type CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { CLIENT_PREFIX, PHOTOS_PREFIX } from '../core/topology.ts';

/**
 * Creates the private, encrypted, TLS-only bucket of photos, each of which it drops after `retentionDays`;
 * grants nothing (the edge adds its own read).
 * Stateful and, as `removalPolicy` says, kept when the stack goes; replacing it costs one fetch from Telegram per photo
 * asked for.
 */
export class PhotoBucket extends Construct {
  readonly bucket: Bucket;
  /** The ARN that covers every photo and nothing else. */
  readonly photosArn: string;
  /** The ARN that covers the browser client's files, which stay for as long as the bucket does. */
  readonly clientArn: string;

  constructor(
    scope: Construct,
    id: string,
    { retentionDays, removalPolicy }: { retentionDays: number; removalPolicy: RemovalPolicy },
  ) {
    super(scope, id);
    // Only an empty bucket can be deleted.
    const isDropped = removalPolicy === RemovalPolicy.DESTROY;
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy,
      autoDeleteObjects: isDropped,
      lifecycleRules: [
        {
          id: 'bound-what-is-kept',
          prefix: PHOTOS_PREFIX,
          expiration: Duration.days(retentionDays),
        },
        { id: 'drop-broken-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    if (isDropped) this.#dropEmptiersLog();
    this.photosArn = this.bucket.arnForObjects(`${PHOTOS_PREFIX}*`);
    this.clientArn = this.bucket.arnForObjects(`${CLIENT_PREFIX}*`);
  }

  /**
   * Where the bucket is emptied before it is deleted: only when this writer is gone, since what it stored in between
   * would keep the bucket from being deleted.
   */
  emptyAfter(writer: IConstruct): void {
    const emptying = this.bucket.node.tryFindChild('AutoDeleteObjectsCustomResource');
    if (emptying) writer.node.addDependency(emptying);
  }

  /** The CDK's function that empties the bucket would leave a log that nobody deletes. */
  #dropEmptiersLog(): void {
    const emptier = Stack.of(this).node.findChild(
      'Custom::S3AutoDeleteObjectsCustomResourceProvider',
    );
    const log = new LogGroup(this, 'EmptierLog', {
      retention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    (emptier.node.findChild('Handler') as CfnResource).addPropertyOverride('LoggingConfig', {
      LogGroup: log.logGroupName,
    });
  }
}
