// What waits in the queues, and what was given up.

import { type Dimension, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { messagesIn, type QueueDepth, queueDepth } from '../../adapters/queue-depth.ts';
import { OLDEST_MESSAGE_SECONDS } from '../../core/alarm-thresholds.ts';
import { MAX_INTERVAL_MS } from '../../core/telegram-budget.ts';
import type { Deployment } from '../deployment.ts';
import { queueUrls } from '../queues.ts';
import type { Check } from './check.ts';
import { cameoCommand } from './commands.ts';
import { failed, ok, warning } from './finding.ts';

// What the workers do in that time at their lowest rate.
const MANY = (OLDEST_MESSAGE_SECONDS * 1000) / MAX_INTERVAL_MS;

/** How long the queues are, and on AWS how long the oldest message waits. */
export const queues: Check = {
  name: 'queues',
  title: 'Queues',
  asks: `Are there fewer than ${MANY} jobs in each queue (a minute's work at the lowest rate), and none older than a minute?`,
  async look({ cameo, stack }) {
    const deployment = await cameo.get();
    const depths = (await depthsOf(deployment, jobUrls(deployment))).map(({ name, depth }) => ({
      name,
      waiting: depth.visible + depth.delayed,
      underWay: depth.inFlight,
    }));
    const oldest = stack ? await oldestSeconds(deployment) : undefined;
    const longest = depths.reduce((a, b) => (b.waiting > a.waiting ? b : a));
    const details = [
      ...depths.map(
        ({ name, waiting, underWay }) => `${name}: ${waiting} wait, ${underWay} under way`,
      ),
      oldest === undefined ? 'age: only CloudWatch knows it' : `oldest: ${oldest} s`,
    ];
    const advice = {
      text: 'Look at Telegram and the pause above. After an import or a pause it becomes less by itself; examine again in a minute.',
    };
    if (longest.waiting >= MANY)
      return warning(`${longest.waiting} jobs wait in ${longest.name}`, advice, details);
    if (oldest !== undefined && oldest > OLDEST_MESSAGE_SECONDS)
      return warning(`the oldest job waits for ${oldest} s`, advice, details);
    const sum = depths.reduce((jobs, { waiting }) => jobs + waiting, 0);
    return ok(`${sum === 1 ? '1 job waits' : `${sum} jobs wait`}`, details);
  },
};

/** What was given up waits for a person. */
export const deadLetters: Check = {
  name: 'deadLetters',
  title: 'Dead letters',
  asks: 'Was no job given up?',
  async look(subject) {
    const deployment = await subject.cameo.get();
    const depths = await depthsOf(deployment, deadLetterUrls(deployment));
    const given = depths.map(({ name, depth }) => ({ name, count: messagesIn(depth) }));
    const details = given.map(({ name, count }) => `${name}: ${count}`);
    const sum = given.reduce((jobs, { count }) => jobs + count, 0);
    if (sum === 0) return ok('none', details);
    const places = given.filter(({ count }) => count > 0).map(({ name }) => name);
    return failed(
      `${sum} given up (${places.join(', ')})`,
      {
        text: 'Each says why in its attribute reason. Mend that, then send them back; what is done already costs nothing.',
        command: cameoCommand('redrive', subject),
      },
      details,
    );
  },
};

/** A queue by its name. */
type NamedUrl = readonly [name: string, url: string];

function jobUrls({ outputs }: Deployment): NamedUrl[] {
  return Object.entries(queueUrls(outputs)).map(([name, { url }]) => [name, url]);
}

function deadLetterUrls({ outputs }: Deployment): NamedUrl[] {
  const jobs = Object.entries(queueUrls(outputs));
  const urls = jobs.map(([name, { deadLetterUrl }]): NamedUrl => [name, deadLetterUrl]);
  return [...urls, ['schedule', outputs.ScheduleDeadLetterUrl]];
}

function depthsOf(
  { clients }: Deployment,
  urls: readonly NamedUrl[],
): Promise<{ readonly name: string; readonly depth: QueueDepth }[]> {
  return Promise.all(
    urls.map(async ([name, url]) => ({ name, depth: await queueDepth(clients.sqs, url) })),
  );
}

const METRIC_MINUTES = 5;

/** The age of the oldest message of any queue, the newest figure of the last minutes; 0 where SQS told of none. */
async function oldestSeconds(deployment: Deployment): Promise<number> {
  const now = Date.now();
  const { MetricDataResults = [] } = await deployment.clients.cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - METRIC_MINUTES * 60_000),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: jobUrls(deployment).map(([name, url]) => ({
        Id: name,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateAgeOfOldestMessage',
            Dimensions: [queueDimension(url)],
          },
          Period: 60,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  return Math.max(0, ...MetricDataResults.map(({ Values = [] }) => Values[0] ?? 0));
}

function queueDimension(url: string): Dimension {
  return { Name: 'QueueName', Value: url.slice(url.lastIndexOf('/') + 1) };
}
