// Where the edge looks for an answer, by the names that core/topology.ts uses.

import { Duration, Fn } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type IOrigin,
  OriginProtocolPolicy,
  OriginSslPolicy,
  S3OriginAccessControl,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { type BehaviourDeclaration, ORIGIN_SECRET_HEADER } from '../core/topology.ts';
import { regionalName } from './edge-policies.ts';

/**
 * Creates the origins and the access control by which CloudFront signs what it asks the bucket. S3 says 403
 * for a missing photo, since nobody may list the bucket, and 404 if that ever changes: both fail over. The API
 * knows CloudFront by a secret, since its requests to an HTTP API cannot be signed.
 */
export function edgeOrigins(
  scope: Construct,
  photos: Bucket,
  api: HttpApi,
  secret: Secret,
): Record<BehaviourDeclaration['origin'], IOrigin> {
  const apiOrigin = new HttpOrigin(Fn.select(2, Fn.split('/', api.apiEndpoint)), {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    // With CloudFront's default of 5 s, nearly every miss of a quiet hour would wait for a TLS handshake.
    keepaliveTimeout: Duration.seconds(60),
    // CloudFormation puts the value in as it deploys; the template has only its place.
    customHeaders: { [ORIGIN_SECRET_HEADER]: secret.secretValue.unsafeUnwrap() },
  });
  const originAccessControl = new S3OriginAccessControl(scope, 'PhotosAccess', {
    originAccessControlName: regionalName(scope, 'photos'),
  });
  return {
    api: apiOrigin,
    'photos-then-api': new OriginGroup({
      // The CDK's own types disagree under exactOptionalPropertyTypes: hence the cast.
      primaryOrigin: S3BucketOrigin.withOriginAccessControl(photos as IBucket, {
        originAccessControl,
      }),
      fallbackOrigin: apiOrigin,
      fallbackStatusCodes: [403, 404],
    }),
  };
}
