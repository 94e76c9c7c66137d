// The only door: viewers meet CloudFront, which answers from its cache, from the bucket or through the API.

import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Function as CloudFrontFunction,
  Distribution,
  type DistributionProps,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  type ICachePolicy,
  type IOrigin,
  OriginRequestPolicy,
  PriceClass,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type BehaviourDeclaration, behaviours } from '../core/topology.ts';
import { edgeOrigins } from './edge-origins.ts';
import { apiHeaders, cachePolicy, pictureHeaders } from './edge-policies.ts';
import type { Domain, Settings } from './settings.ts';

/** Every error status whose least time in the cache can be set (CloudFront, CustomErrorResponse). */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * Tells the API under which address the viewer called, for absolute URLs; the Host that the API sees is its own.
 * It overwrites what a viewer sends in that header.
 */
const STAMP_ORIGIN = `function handler(event) {
  const request = event.request;
  request.headers['cameo-origin'] = { value: 'https://' + request.headers.host.value };
  return request;
}`;

const PRICE_CLASSES = {
  '100': PriceClass.PRICE_CLASS_100,
  '200': PriceClass.PRICE_CLASS_200,
  all: PriceClass.PRICE_CLASS_ALL,
} as const satisfies Record<Settings['priceClass'], PriceClass>;

/** What the edge stands before, and under which name. */
export interface EdgeProps {
  readonly photos: Bucket;
  readonly api: HttpApi;
  /** By which the API knows the edge. */
  readonly originSecret: Secret;
  readonly webAclArn: string | undefined;
  readonly settings: Pick<Settings, 'domain' | 'allowedOrigins' | 'priceClass' | 'edgeMetrics'>;
}

/**
 * Creates the distribution with the behaviours of core/topology.ts, and lets it (this one alone, by origin
 * access control) read the bucket. Stateless, but for its domain name: replacing it changes every avatar URL
 * unless the operator's own domain is set.
 */
export class Edge extends Construct {
  readonly distribution: Distribution;
  /** `https://` and the host, without a slash at the end. */
  readonly url: string;
  readonly #policies = new Map<string, CachePolicy>();

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id);
    const { domain, allowedOrigins, priceClass, edgeMetrics } = props.settings;
    const origins = edgeOrigins(this, props.photos, props.api, props.originSecret);
    const uncached = this.#uncached(allowedOrigins);
    const pictures = {
      responseHeadersPolicy: pictureHeaders(this, 'PictureHeaders', allowedOrigins),
    };
    const behaviour = ({ origin, cache, compress }: Omit<BehaviourDeclaration, 'pattern'>) => ({
      ...base(origins[origin]),
      ...(cache === 'never'
        ? uncached
        : { ...pictures, cachePolicy: this.#cachePolicy(cache, compress) }),
      ...(compress && { compress }),
    });
    this.distribution = new Distribution(this, 'Distribution', {
      comment: Stack.of(this).stackName,
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PRICE_CLASSES[priceClass],
      publishAdditionalMetrics: edgeMetrics,
      ...(props.webAclArn && { webAclId: props.webAclArn }),
      ...ownDomain(this, domain),
      defaultBehavior: behaviour({ origin: 'api', cache: [] }),
      additionalBehaviors: Object.fromEntries(
        behaviours.map((declaration) => [declaration.pattern, behaviour(declaration)]),
      ),
      // An error lives for as long as its own Cache-Control says; CloudFront's default is ten seconds, and a
      // photo that is ready after two must not wait for that.
      errorResponses: CACHED_ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    this.url = `https://${domain?.name ?? this.distribution.distributionDomainName}`;
  }

  /** Calls that are never cached get through whole: method, body, query and all headers but Host. */
  #uncached(allowedOrigins: readonly string[]) {
    return {
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      responseHeadersPolicy: apiHeaders(this, 'ApiHeaders', allowedOrigins),
      functionAssociations: [
        {
          eventType: FunctionEventType.VIEWER_REQUEST,
          function: new CloudFrontFunction(this, 'StampOrigin', {
            code: FunctionCode.fromInline(STAMP_ORIGIN),
            runtime: FunctionRuntime.JS_2_0,
          }),
        },
      ],
    } satisfies Partial<BehaviorOptions>;
  }

  /** One policy for each set of parameters: an account has 20 (CloudFront quotas). */
  #cachePolicy(query: readonly string[], compress = false): ICachePolicy {
    const id = `CacheBy-${query.join('-') || 'path'}${compress ? '-compressed' : ''}`;
    const policy = this.#policies.get(id) ?? cachePolicy(this, id, { query, compress });
    this.#policies.set(id, policy);
    return policy;
  }
}

function base(origin: IOrigin) {
  return {
    origin,
    // Origin failover knows these alone (CloudFront, origin groups), and pictures need no others.
    allowedMethods: AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    compress: false,
  } satisfies BehaviorOptions;
}

/** TLS 1.2 at least, which CloudFront enforces only under a certificate of one's own. */
function ownDomain(scope: Construct, domain: Domain | undefined): Partial<DistributionProps> {
  if (!domain) return {};
  return {
    domainNames: [domain.name],
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', domain.certificateArn),
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
  };
}
