// The HTTP API behind the edge: the routes of core/topology.ts, each with the function that answers, and nobody but
// the distribution at the door.

import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as Api,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { ORIGIN_SECRET_HEADER, type RouteDeclaration, routes } from '../core/topology.ts';
import type { Settings } from './settings.ts';

/** A function that answers a route; the others have no door to the outside. */
type RoutedFunction = (typeof routes)[number]['function'];

/** Who answers, who says whether to, and how long it is known what was asked. */
export interface HttpApiProps extends Pick<Settings, 'logRetentionDays'> {
  readonly functions: Readonly<Record<RoutedFunction, IFunction>>;
  readonly authorizer: IFunction;
}

/**
 * A second's requests, and those at once, beyond which API Gateway answers 429: as many as Lambda runs at the same
 * time by default (Lambda quotas: 1,000), and within API Gateway's own quotas in every region (1,250 at once
 * in the smallest). The edge answers most viewers without the API.
 */
const THROTTLE = { rateLimit: 1000, burstLimit: 1000 };

/**
 * Creates the HTTP API with its routes, its log, and an authorizer before every route; lets it invoke each function
 * for that function's paths and no others. Without the distribution's header nobody is even asked; with it, API
 * Gateway asks once an hour. Stateless, but for its log; replacing it changes ApiUrl, which only the edge calls.
 */
export class HttpApi extends Construct {
  readonly api: Api;
  readonly #routes: HttpRoute[];

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.api = new Api(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Behind the CloudFront distribution of Cameo',
      createDefaultStage: false,
      defaultAuthorizer: new HttpLambdaAuthorizer('Origin', props.authorizer, {
        identitySource: [`$request.header.${ORIGIN_SECRET_HEADER}`],
        responseTypes: [HttpLambdaResponseType.SIMPLE],
        resultsCacheTtl: Duration.hours(1),
      }),
    });
    // Where the CDK's own stage would be: another logical id would be a second $default, which is refused.
    new HttpStage(this.api, 'DefaultStage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.#log(props.logRetentionDays)),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    this.#routes = this.#addRoutes(props.functions);
  }

  /**
   * Has the routes made, and given their authorizer, when the distribution is known to all edges: an edge that does not
   * send the header yet would have `401` of them, and a deployment of the distribution takes minutes.
   */
  openAfter(distribution: IDependable): void {
    for (const route of this.#routes) route.node.addDependency(distribution);
  }

  #addRoutes(functions: HttpApiProps['functions']): HttpRoute[] {
    const integrations = new Map<RoutedFunction, HttpLambdaIntegration>();
    return routes.map((route) => {
      const integration =
        integrations.get(route.function) ??
        new HttpLambdaIntegration(route.function, functions[route.function]);
      integrations.set(route.function, integration);
      const props = { httpApi: this.api, routeKey: routeKey(route), integration };
      return new HttpRoute(this, route.key, props);
    });
  }

  /** Under the prefix that keeps the account's log policy short (API Gateway, "Customizing HTTP API access logs"). */
  #log(retention: number): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/apis/${Stack.of(this).stackName}`,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/**
 * A line of the access log: no address, no header and no path, which has user ids and avatarIds. `functionRequestId`
 * is the X-Request-Id of the answer.
 */
const ACCESS_LOG = {
  at: '$context.requestTimeEpoch',
  requestId: '$context.requestId',
  functionRequestId: '$context.integration.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  functionLatencyMs: '$context.integration.latency',
  functionError: '$context.integration.error',
  authorizerError: '$context.authorizer.error',
};

function routeKey({ key }: RouteDeclaration): HttpRouteKey {
  if (key === '$default') return HttpRouteKey.DEFAULT;
  const [method, path] = key.split(' ');
  const known = Object.values(HttpMethod).find((name) => name === method);
  if (!known || !path) throw new Error(`${key}: a route key is a method, a space and a path`);
  return HttpRouteKey.with(path, known);
}
