import { expect, it } from 'vitest';
import { ORIGIN_SECRET_HEADER, routes } from '../../core/topology.ts';
import { type Properties, readable, resource, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const ALIAS_IDS = {
  servePhoto: 'ServePhotoLive',
  partners: 'PartnersApiLive',
  serveClient: 'ServeClientLive',
};

it('answers the declared routes by the declared functions', () => {
  const integrations = resources(template, 'AWS::ApiGatewayV2::Integration');
  const answers = Object.values(resources(template, 'AWS::ApiGatewayV2::Route')).map((route) => {
    const integration = String(readable(route.Target)).replace('integrations/', '');
    return [route.RouteKey, readable(integrations[integration]?.IntegrationUri)];
  });

  const declared = routes.map((route) => [route.key, ALIAS_IDS[route.function]]);
  expect(answers.sort()).toEqual(declared.sort());
});

it('speaks payload format 2.0 to every function', () => {
  for (const integration of Object.values(resources(template, 'AWS::ApiGatewayV2::Integration'))) {
    expect(integration).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
  }
});

it('may invoke partners on its declared paths alone, and what no route names never', () => {
  const permissions = Object.values(resources(template, 'AWS::Lambda::Permission'));
  const pathsOf = (id: string) =>
    permissions.filter(({ FunctionName }) => readable(FunctionName) === id).map(path);

  const declared = routes
    .filter((route) => route.function === 'partners')
    .map(({ key }) => key.split(' ')[1]);
  expect(pathsOf('PartnersApiLive').sort()).toEqual(declared.sort());
  expect(pathsOf('AuthorizeOriginLive')).toEqual([
    expect.stringMatching(/:HttpApi\/authorizers\/HttpApiOrigin\w*$/),
  ]);
  for (const id of ['FetchPhotoLive', 'WarmRecentLive', 'ErasePartnerLive']) {
    expect(pathsOf(id)).toEqual([]);
  }
});

it('asks the authorizer before every route, $default included', () => {
  const deployed = Object.values(resources(template, 'AWS::ApiGatewayV2::Route'));
  const [[authorizer] = []] = Object.entries(resources(template, 'AWS::ApiGatewayV2::Authorizer'));

  expect(deployed).toHaveLength(routes.length);
  for (const { AuthorizationType, AuthorizerId } of deployed) {
    expect({ AuthorizationType, AuthorizerId: readable(AuthorizerId) }).toEqual({
      AuthorizationType: 'CUSTOM',
      AuthorizerId: authorizer,
    });
  }
});

it('knows the distribution by its header alone, without which nobody is asked, and asks once an hour', () => {
  const authorizers = Object.values(resources(template, 'AWS::ApiGatewayV2::Authorizer'));
  const [authorizer] = readable(authorizers) as Properties[];

  expect(authorizers).toHaveLength(1);
  expect(authorizer).toMatchObject({
    AuthorizerType: 'REQUEST',
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: true,
    IdentitySource: [`$request.header.${ORIGIN_SECRET_HEADER}`],
    AuthorizerResultTtlInSeconds: 3600,
  });
  expect(String(authorizer?.AuthorizerUri)).toContain('AuthorizeOriginLive/invocations');
});

it('asks for the header when every edge sends it, and not while they still learn of it', () => {
  const [distribution] = Object.keys(template.findResources('AWS::CloudFront::Distribution'));

  for (const route of Object.values(template.findResources('AWS::ApiGatewayV2::Route'))) {
    expect(route.DependsOn).toContain(distribution);
  }
});

it('takes no more than Lambda runs at once, and no less than the smallest quota of a region', () => {
  const stages = Object.values(resources(template, 'AWS::ApiGatewayV2::Stage'));

  expect(stages).toMatchObject([
    {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingBurstLimit: 1000, ThrottlingRateLimit: 1000 },
    },
  ]);
});

it('logs what was asked in a log of its own, and neither who asked nor for whom', () => {
  const { AccessLogSettings } = resource(
    template,
    'AWS::ApiGatewayV2::Stage',
    'HttpApiDefaultStage',
  );
  const { DestinationArn, Format = '' } = AccessLogSettings as Record<string, string>;
  const fields = [...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name);

  expect(readable(DestinationArn)).toBe('HttpAccessLog.Arn');
  expect(resources(template, 'AWS::Logs::LogGroup').HttpAccessLog).toEqual({
    LogGroupName: '/aws/vendedlogs/apis/cameo',
    RetentionInDays: 30,
  });
  expect(fields).toEqual([
    'requestTimeEpoch',
    'requestId',
    'integration.requestId',
    'routeKey',
    'status',
    'responseLength',
    'responseLatency',
    'integration.latency',
    'integration.error',
    'authorizer.error',
  ]);
});

function path({ SourceArn }: Properties): string {
  return String(readable(SourceArn)).replace(/^.*:HttpApi\/\*\/\*/, '');
}
