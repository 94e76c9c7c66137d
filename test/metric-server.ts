// A CloudWatch that knows some numbers, spoken to by the SDK over HTTP.

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/aws.ts';
import { bodyOf, testServer } from './http-server.ts';

/** A request as it arrived; times are seconds. */
export interface MetricRequest {
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string;
  readonly MetricDataQueries: readonly {
    readonly Id: string;
    readonly MetricStat: {
      readonly Period: number;
      readonly Stat: string;
      readonly Metric: {
        readonly Namespace: string;
        readonly MetricName: string;
        readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
      };
    };
  }[];
}

/** `Namespace Metric Dimension=Value … Stat`, as these tests name a statistic. */
export type StatisticName = string;

/** Starts one that ends with the test; `valuesOf` are the values by period. */
export async function testMetrics(valuesOf: (name: StatisticName) => readonly number[]) {
  const asked: MetricRequest[] = [];
  const { url } = await testServer(async (request, response) => {
    const body: MetricRequest = JSON.parse((await bodyOf(request)).toString());
    asked.push(body);
    const results = body.MetricDataQueries.map(({ Id, MetricStat: { Metric, Stat } }) => {
      const dimensions = Metric.Dimensions.map(({ Name, Value }) => `${Name}=${Value}`);
      const name = [Metric.Namespace, Metric.MetricName, ...dimensions, Stat].join(' ');
      return { Id, Values: valuesOf(name) };
    });
    // In two pages, as CloudWatch may answer at any time.
    const half = Math.ceil(results.length / 2);
    const isSecond = body.NextToken === 'second';
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(
      JSON.stringify({
        MetricDataResults: isSecond ? results.slice(half) : results.slice(0, half),
        ...(!isSecond && { NextToken: 'second' }),
      }),
    );
  });
  const common = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  return { client: new CloudWatchClient({ ...common, endpoint: url }), asked, url };
}
