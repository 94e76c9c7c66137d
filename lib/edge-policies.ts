// What the edge keys its cache on, what it lets through, and the headers that it adds to every answer.

import { Aws, Duration, Stack } from 'aws-cdk-lib';
import {
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  ResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { apiCors, exposedHeaders, pictureCors } from '../core/topology.ts';

const YEAR = Duration.days(365);

/**
 * Creates a cache policy that keys on these query parameters and nothing else, and caches for as long as the
 * answer says and not a second by default. WebP does not compress, so no encoding splits the cache either, unless
 * `compress` says that there is something to gain: CloudFront compresses for nobody whose encodings are not in the key.
 */
export function cachePolicy(
  scope: Construct,
  id: string,
  { query, compress }: { readonly query: readonly string[]; readonly compress: boolean },
): CachePolicy {
  return new CachePolicy(scope, id, {
    comment: `Cameo: by ${query.join(', ') || 'path alone'}${compress ? ', compressed' : ''}`,
    queryStringBehavior:
      query.length > 0
        ? CacheQueryStringBehavior.allowList(...query)
        : CacheQueryStringBehavior.none(),
    headerBehavior: CacheHeaderBehavior.none(),
    cookieBehavior: CacheCookieBehavior.none(),
    enableAcceptEncodingGzip: compress,
    enableAcceptEncodingBrotli: compress,
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: YEAR,
  });
}

/** Creates the policy for pictures: any page may show them, and those of these origins read and time them. */
export function pictureHeaders(
  scope: Construct,
  id: string,
  origins: readonly string[],
): ResponseHeadersPolicy {
  return responseHeaders(scope, id, pictureCors, origins);
}

/** Creates the policy for the API, which pages of these origins may call; they prove who they are by header, never by cookie. */
export function apiHeaders(
  scope: Construct,
  id: string,
  origins: readonly string[],
): ResponseHeadersPolicy {
  return responseHeaders(scope, id, apiCors, origins);
}

function responseHeaders(
  scope: Construct,
  id: string,
  { methods, requestHeaders, maxAgeSeconds }: typeof apiCors | typeof pictureCors,
  origins: readonly string[],
): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, id, {
    responseHeadersPolicyName: regionalName(scope, id),
    comment: `Cameo: CORS for ${methods.join(', ')}`,
    corsBehavior: {
      accessControlAllowOrigins: [...origins],
      accessControlAllowMethods: [...methods],
      accessControlAllowHeaders: [...requestHeaders],
      accessControlExposeHeaders: [...exposedHeaders],
      accessControlAllowCredentials: false,
      accessControlMaxAge: Duration.seconds(maxAgeSeconds),
      originOverride: true,
    },
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      strictTransportSecurity: { accessControlMaxAge: YEAR, override: true },
    },
    customHeadersBehavior: {
      customHeaders: [{ header: 'timing-allow-origin', value: origins.join(', '), override: true }],
    },
    serverTimingSamplingRate: 100,
  });
}

/** A name for a part of CloudFront, where names are global, so that the same stack may live in two regions. */
export function regionalName(scope: Construct, part: string): string {
  return `${Stack.of(scope).stackName}-${part}-${Aws.REGION}`;
}
