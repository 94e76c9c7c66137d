// The HTTP API behind the edge: the routes of core/topology.ts, each with the function that answers.

import { Stack } from 'aws-cdk-lib';
import { HttpApi as Api, HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type RouteDeclaration, routes } from '../core/topology.ts';

/** A function that answers a route; the others have no door to the outside. */
type RoutedFunction = (typeof routes)[number]['function'];

/**
 * Creates the HTTP API with its routes and lets it invoke each function for that function's paths and no others.
 * Stateless; replacing it changes ApiUrl, which only the edge calls.
 */
export class HttpApi extends Construct {
  readonly api: Api;

  constructor(
    scope: Construct,
    id: string,
    functions: Readonly<Record<RoutedFunction, IFunction>>,
  ) {
    super(scope, id);
    this.api = new Api(this, 'Api', {
      apiName: Stack.of(this).stackName,
      description: 'Behind the CloudFront distribution of Cameo',
    });
    const integrations = new Map<RoutedFunction, HttpLambdaIntegration>();
    for (const route of routes) {
      const integration =
        integrations.get(route.function) ??
        new HttpLambdaIntegration(route.function, functions[route.function]);
      integrations.set(route.function, integration);
      new HttpRoute(this, route.key, { httpApi: this.api, routeKey: routeKey(route), integration });
    }
  }
}

function routeKey({ key }: RouteDeclaration): HttpRouteKey {
  if (key === '$default') return HttpRouteKey.DEFAULT;
  const [method, path] = key.split(' ');
  const known = Object.values(HttpMethod).find((name) => name === method);
  if (!known || !path) throw new Error(`${key}: a route key is a method, a space and a path`);
  return HttpRouteKey.with(path, known);
}
