import { expect, it } from 'vitest';
import { routes } from '../../core/topology.ts';
import { type Properties, readable, resources, synthesise } from './synthesise.ts';

const template = synthesise();
const FUNCTION_IDS = { servePhoto: 'ServePhotoFunction', partners: 'PartnersApiFunction' };

it('answers the declared routes by the declared functions', () => {
  const integrations = resources(template, 'AWS::ApiGatewayV2::Integration');
  const answers = Object.values(resources(template, 'AWS::ApiGatewayV2::Route')).map((route) => {
    const integration = String(readable(route.Target)).replace('integrations/', '');
    return [route.RouteKey, readable(integrations[integration]?.IntegrationUri)];
  });

  const declared = routes.map((route) => [route.key, `${FUNCTION_IDS[route.function]}.Arn`]);
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
    permissions.filter(({ FunctionName }) => readable(FunctionName) === `${id}.Arn`).map(path);

  const declared = routes
    .filter((route) => route.function === 'partners')
    .map(({ key }) => key.split(' ')[1]);
  expect(pathsOf('PartnersApiFunction').sort()).toEqual(declared.sort());
  for (const id of ['FetchPhotoFunction', 'WarmRecentFunction', 'ErasePartnerFunction']) {
    expect(pathsOf(id)).toEqual([]);
  }
});

function path({ SourceArn }: Properties): string {
  return String(readable(SourceArn)).replace(/^.*:HttpApi\/\*\/\*/, '');
}
