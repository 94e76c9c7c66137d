import { describe, expect, it } from 'vitest';
import { apiCors, behaviours, exposedHeaders, pictureCors } from '../../core/topology.ts';
import { readable, resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const edge = distribution(template);
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

interface Behaviour {
  readonly PathPattern?: string;
  readonly TargetOriginId: string;
  readonly Compress: boolean;
  readonly AllowedMethods: string[];
  readonly CachePolicyId: string;
  readonly OriginRequestPolicyId?: string;
  readonly ResponseHeadersPolicyId: string;
  readonly ViewerProtocolPolicy: string;
  readonly FunctionAssociations?: unknown[];
}

describe('the behaviours', () => {
  it('are the declared ones, in their order', () => {
    const patterns = edge.CacheBehaviors.map(({ PathPattern }) => PathPattern);

    expect(patterns).toEqual(behaviours.map(({ pattern }) => pattern));
  });

  it.each(behaviours)('$pattern keys its cache on the declared parameters alone', (declaration) => {
    const behaviour = edge.CacheBehaviors.find((one) => one.PathPattern === declaration.pattern);

    expect(keys(behaviour)).toEqual(declaration.cache);
  });

  it('end in the API, cached by path alone', () => {
    expect(keys(edge.DefaultCacheBehavior)).toEqual([]);
    expect(originOf(edge.DefaultCacheBehavior)).toBe('api');
  });

  it('ask viewers for https, every one', () => {
    for (const behaviour of [edge.DefaultCacheBehavior, ...edge.CacheBehaviors]) {
      expect(behaviour.ViewerProtocolPolicy).toBe('redirect-to-https');
    }
  });

  it('let pictures be read alone, and calls through whole with the viewer’s address stamped on them', () => {
    for (const behaviour of [edge.DefaultCacheBehavior, ...edge.CacheBehaviors]) {
      if (behaviour.CachePolicyId === CACHING_DISABLED) {
        expect(behaviour.AllowedMethods).toHaveLength(7);
        expect(behaviour.OriginRequestPolicyId).toBe(ALL_VIEWER_EXCEPT_HOST);
        expect(behaviour.FunctionAssociations).toEqual([
          { EventType: 'viewer-request', FunctionARN: 'EdgeStampOrigin.FunctionARN' },
        ]);
      } else {
        expect(behaviour.AllowedMethods).toEqual(['GET', 'HEAD', 'OPTIONS']);
        expect(behaviour).not.toHaveProperty('OriginRequestPolicyId');
      }
    }
  });
});

describe('a versioned photo', () => {
  it.each(behaviours)('$pattern comes from where it is declared', ({ pattern, origin }) => {
    const behaviour = edge.CacheBehaviors.find(({ PathPattern }) => PathPattern === pattern);

    expect(behaviour && originOf(behaviour)).toBe(origin);
  });

  it('is read from the bucket first and from the API when S3 says 403 or 404', () => {
    const [group] = edge.OriginGroups.Items;
    const [first, second] = group?.Members.Items.map(({ OriginId }) => originById(OriginId)) ?? [];

    expect(edge.OriginGroups.Items).toHaveLength(1);
    expect(group?.FailoverCriteria.StatusCodes.Items).toEqual([403, 404]);
    expect(first?.DomainName).toBe('PhotosBucket.RegionalDomainName');
    expect(second).toHaveProperty('CustomOriginConfig.OriginProtocolPolicy', 'https-only');
  });

  it('is asked of the bucket with a signature', () => {
    const control = Object.values(resources(template, 'AWS::CloudFront::OriginAccessControl'));
    const photos = edge.Origins.find(({ DomainName }) => String(DomainName).startsWith('Photos'));

    expect(photos?.OriginAccessControlId).toBe('EdgePhotosAccess.Id');
    expect(control).toMatchObject([
      { OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' } },
    ]);
  });
});

describe('caching', () => {
  it('follows the answer: no least time, none by default, a year at most, no header or cookie in the key', () => {
    const policies = Object.values(resources(template, 'AWS::CloudFront::CachePolicy'));

    expect(policies).toHaveLength(3);
    for (const { CachePolicyConfig } of policies) {
      expect(CachePolicyConfig).toMatchObject({
        MinTTL: 0,
        DefaultTTL: 0,
        MaxTTL: 31_536_000,
        ParametersInCacheKeyAndForwardedToOrigin: {
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
        },
      });
    }
  });

  it.each(behaviours.filter(({ cache }) => cache !== 'never'))(
    '$pattern has an encoding in the key where the edge compresses, and nowhere else',
    (declaration) => {
      const compress = 'compress' in declaration;
      const behaviour = edge.CacheBehaviors.find((one) => one.PathPattern === declaration.pattern);

      expect(behaviour?.Compress).toBe(compress);
      expect(cacheKeyOf(behaviour)).toMatchObject({
        EnableAcceptEncodingGzip: compress,
        EnableAcceptEncodingBrotli: compress,
      });
    },
  );

  it('keeps an error no longer than its own Cache-Control says', () => {
    const codes = edge.CustomErrorResponses.map(({ ErrorCode }) => ErrorCode);

    expect(codes).toEqual([400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]);
    for (const { ErrorCachingMinTTL } of edge.CustomErrorResponses) {
      expect(ErrorCachingMinTTL).toBe(0);
    }
  });
});

describe('the headers that the edge adds', () => {
  it.each(['EdgePictureHeaders', 'EdgeApiHeaders'])(
    'let any page read and time an answer: %s',
    (id) => {
      const policy = resource(template, 'AWS::CloudFront::ResponseHeadersPolicy', id);

      expect(policy.ResponseHeadersPolicyConfig).toMatchObject({
        CorsConfig: {
          AccessControlAllowOrigins: { Items: ['*'] },
          AccessControlAllowCredentials: false,
          AccessControlExposeHeaders: { Items: exposedHeaders },
        },
        SecurityHeadersConfig: {
          ContentTypeOptions: { Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
        },
        CustomHeadersConfig: { Items: [{ Header: 'timing-allow-origin', Value: '*' }] },
        ServerTimingHeadersConfig: { Enabled: true, SamplingRate: 100 },
      });
    },
  );

  // Written out: what a page of another origin relies on is not to change with the declaration unnoticed.
  it('are for what pages of other origins rely on, and no more', () => {
    expect(exposedHeaders).toEqual([
      'x-avatar',
      'server-timing',
      'x-response-time',
      'x-cache',
      'age',
      'etag',
      'retry-after',
      'x-request-id',
    ]);
    expect(apiCors).toEqual({
      methods: ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'],
      requestHeaders: ['authorization', 'content-type', 'if-none-match'],
      maxAgeSeconds: 86_400,
    });
    expect(pictureCors).toEqual({
      methods: ['GET', 'HEAD', 'OPTIONS'],
      requestHeaders: ['*'],
      maxAgeSeconds: 86_400,
    });
  });

  it.each([
    ['EdgePictureHeaders', pictureCors],
    ['EdgeApiHeaders', apiCors],
  ])('say what any page may send: %s', (id, { methods, requestHeaders, maxAgeSeconds }) => {
    const policy = resource(template, 'AWS::CloudFront::ResponseHeadersPolicy', id);

    expect(policy.ResponseHeadersPolicyConfig).toMatchObject({
      CorsConfig: {
        AccessControlAllowMethods: { Items: methods },
        AccessControlAllowHeaders: { Items: requestHeaders },
        AccessControlMaxAgeSec: maxAgeSeconds,
      },
    });
  });
});

it('stamps the viewer’s address over whatever the viewer sent', () => {
  const [stamp] = Object.values(resources(template, 'AWS::CloudFront::Function'));
  const handler = new Function(`${stamp?.FunctionCode}; return handler`)();
  const headers = { host: { value: 'cdn.test' }, 'cameo-origin': { value: 'https://evil.test' } };

  const request = handler({ request: { method: 'PUT', headers } });

  expect(request.headers['cameo-origin']).toEqual({ value: 'https://cdn.test' });
  expect(stamp).toMatchObject({ FunctionConfig: { Runtime: 'cloudfront-js-2.0' } });
});

it('takes a domain of the operator’s own, with TLS 1.2 at least', () => {
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/abc-1';

  const own = synthesise({ domainName: 'avatars.example.com', certificateArn });

  expect(distribution(own)).toMatchObject({
    Aliases: ['avatars.example.com'],
    ViewerCertificate: {
      AcmCertificateArn: certificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
    },
  });
  own.hasOutput('Url', { Value: 'https://avatars.example.com' });
});

it('takes whatever TLS comes under CloudFront’s own name, which knows no other policy', () => {
  expect(edge).not.toHaveProperty('ViewerCertificate');
});

it('speaks TLS 1.2 to the API', () => {
  const api = edge.Origins.find(({ DomainName }) => !String(DomainName).startsWith('Photos'));

  expect(api).toHaveProperty('CustomOriginConfig.OriginSSLProtocols', ['TLSv1.2']);
});

describe('origins of the operator’s choice', () => {
  const origins = ['https://a.example.com', 'https://b.example.com'];
  const set = synthesise({ allowedOrigins: origins.join(', ') });

  it.each(['EdgePictureHeaders', 'EdgeApiHeaders'])('alone may read and time: %s', (id) => {
    const policy = resource(set, 'AWS::CloudFront::ResponseHeadersPolicy', id);

    expect(policy.ResponseHeadersPolicyConfig).toMatchObject({
      CorsConfig: { AccessControlAllowOrigins: { Items: origins } },
      CustomHeadersConfig: {
        Items: [{ Header: 'timing-allow-origin', Value: origins.join(', ') }],
      },
    });
  });
});

describe('the price class', () => {
  it.each([
    ['100', 'PriceClass_100'],
    ['200', 'PriceClass_200'],
    ['all', 'PriceClass_All'],
  ])('%s is %s', (priceClass, name) => {
    expect(distribution(synthesise({ priceClass }))).toMatchObject({ PriceClass: name });
  });
});

it.each([
  ['true', 1],
  ['false', 0],
])('has additional metrics as the operator wants: %s', (edgeMetrics, count) => {
  synthesise({ edgeMetrics }).resourceCountIs('AWS::CloudFront::MonitoringSubscription', count);
});

interface DistributionConfig {
  readonly CacheBehaviors: Behaviour[];
  readonly DefaultCacheBehavior: Behaviour;
  readonly CustomErrorResponses: { ErrorCode: number; ErrorCachingMinTTL: number }[];
  readonly Origins: { Id: string; DomainName: unknown; OriginAccessControlId?: string }[];
  readonly OriginGroups: {
    readonly Items: {
      readonly Id: string;
      readonly FailoverCriteria: { readonly StatusCodes: { readonly Items: number[] } };
      readonly Members: { readonly Items: { readonly OriginId: string }[] };
    }[];
  };
}

function distribution(of: ReturnType<typeof synthesise>): DistributionConfig {
  const found = resource(of, 'AWS::CloudFront::Distribution', 'EdgeDistribution');
  return readable(found.DistributionConfig) as DistributionConfig;
}

function originById(id: string) {
  return edge.Origins.find(({ Id }) => Id === id);
}

function originOf({ TargetOriginId }: Behaviour): string {
  return originById(TargetOriginId) ? 'api' : 'photos-then-api';
}

/** The parameters in a behaviour's cache key, as core/topology.ts writes them. */
function keys(behaviour: Behaviour | undefined): unknown {
  if (behaviour?.CachePolicyId === CACHING_DISABLED) return 'never';
  return cacheKeyOf(behaviour).QueryStringsConfig.QueryStrings ?? [];
}

function cacheKeyOf(behaviour: Behaviour | undefined) {
  const id = behaviour?.CachePolicyId ?? 'none';
  const { CachePolicyConfig } = resource(template, 'AWS::CloudFront::CachePolicy', id);
  const { ParametersInCacheKeyAndForwardedToOrigin } = CachePolicyConfig as {
    ParametersInCacheKeyAndForwardedToOrigin: { QueryStringsConfig: { QueryStrings?: string[] } };
  };
  return ParametersInCacheKeyAndForwardedToOrigin;
}
