// The edge's own numbers: CloudFront's, which CloudWatch has in us-east-1, or those of the edge on this machine.

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import * as v from 'valibot';
import { metricNumbers, type Statistic, type TimeRange } from '../../adapters/metric-data.ts';
import { type Deployment, PATIENCE } from '../deployment.ts';

/** What the edge served; null where it does not tell. */
export interface EdgeNumbers {
  /** `range`: in the range that was asked for; `start`: since the system on this machine was started. */
  readonly since: 'range' | 'start';
  readonly requests: number;
  /** 0 to 1. CloudFront tells it where the distribution's additional metrics are on. */
  readonly hitRate: number | null;
  /** Answers of 500 and above, 0 to 1. */
  readonly errorRate: number | null;
  readonly bytesSent: number | null;
}

// "Types of metrics for CloudFront": this region, whatever the stack's; each metric with the one statistic it has.
const REGION = 'us-east-1';
const METRICS = [
  ['Requests', 'Sum'],
  ['BytesDownloaded', 'Sum'],
  ['5xxErrorRate', 'Average'],
  ['CacheHitRate', 'Average'],
] as const;

const TIMEOUT_MS = 10_000;

const statusSchema = v.object({
  edge: v.object({ requests: v.number(), hits: v.number(), refreshHits: v.number() }),
});

/** Reads them; rejects where there is no answer. */
export async function edgeNumbers(deployment: Deployment, range: TimeRange): Promise<EdgeNumbers> {
  const { kind, outputs } = deployment;
  return kind === 'stack'
    ? ofCloudFront(outputs.DistributionId, range)
    : ofThisMachine(outputs.Url);
}

async function ofCloudFront(distributionId: string, range: TimeRange): Promise<EdgeNumbers> {
  const statistics = METRICS.map(
    ([metric, stat]): Statistic => ({
      namespace: 'AWS/CloudFront',
      metric,
      dimensions: { DistributionId: distributionId, Region: 'Global' },
      stat,
    }),
  );
  const client = new CloudWatchClient({ ...PATIENCE, region: REGION });
  const [requests = 0, bytes = 0, errors, hits] = await metricNumbers(client, statistics, range);
  return {
    since: 'range',
    requests,
    hitRate: fraction(hits),
    errorRate: fraction(errors),
    bytesSent: bytes,
  };
}

/** CloudFront's rates are percentages. */
function fraction(percent: number | undefined): number | null {
  return percent === undefined ? null : percent / 100;
}

async function ofThisMachine(url: string): Promise<EdgeNumbers> {
  const response = await fetch(`${url}/local/status`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { requests, hits, refreshHits } = v.parse(statusSchema, await response.json()).edge;
  const hitRate = requests > 0 ? (hits + refreshHits) / requests : null;
  return { since: 'start', requests, hitRate, errorRate: null, bytesSent: null };
}
