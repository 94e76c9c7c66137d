// What waits in the queues, and what was given up.

import { type Dimension, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { queueDepth } from '../../adapters/queue-depth.ts';
import type { OutputName } from '../../core/outputs.ts';
import { MAX_INTERVAL_MS } from '../../core/telegram-budget.ts';
import type { Deployment } from '../deployment.ts';
import type { Check } from './check.ts';
import { cameoCommand } from './commands.ts';
import { failed, ok, warning } from './finding.ts';

const QUEUES = { fetch: 'FetchQueueUrl', warm: 'WarmQueueUrl', erase: 'EraseQueueUrl' } as const;

const DEAD_LETTERS = {
  fetch: 'FetchDeadLetterUrl',
  warm: 'WarmDeadLetterUrl',
  erase: 'EraseDeadLetterUrl',
  schedule: 'ScheduleDeadLetterUrl',
} as const;

// As the alarm has it.
const OLDEST_SECONDS = 60;

// What the workers do in that time at their lowest rate.
const MANY = (OLDEST_SECONDS * 1000) / MAX_INTERVAL_MS;

/** How long the queues are, and on AWS how long the oldest message waits. */
export const queues: Check = {
  name: 'queues',
  title: 'Queues',
  asks: `Are there fewer than ${MANY} jobs in each queue (a minute's work at the lowest rate), and none older than a minute?`,
  async look({ cameo, stack }) {
    const deployment = await cameo.get();
    const depths = await depthsOf(deployment, QUEUES);
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
    if (oldest !== undefined && oldest > OLDEST_SECONDS)
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
    const depths = await depthsOf(await subject.cameo.get(), DEAD_LETTERS);
    // One that somebody looks at just now was given up all the same.
    const given = depths.map(({ name, waiting, underWay }) => ({
      name,
      count: waiting + underWay,
    }));
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

interface Depth {
  readonly name: string;
  readonly waiting: number;
  readonly underWay: number;
}

function depthsOf(
  { clients, outputs }: Deployment,
  queuesByName: Readonly<Record<string, OutputName>>,
): Promise<Depth[]> {
  return Promise.all(
    Object.entries(queuesByName).map(async ([name, output]) => {
      const { visible, delayed, inFlight } = await queueDepth(clients.sqs, outputs[output]);
      return { name, waiting: visible + delayed, underWay: inFlight };
    }),
  );
}

const METRIC_MINUTES = 5;

/** The age of the oldest message of any queue, the newest figure of the last minutes; 0 where SQS told of none. */
async function oldestSeconds({ clients, outputs }: Deployment): Promise<number> {
  const now = Date.now();
  const { MetricDataResults = [] } = await clients.cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - METRIC_MINUTES * 60_000),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: Object.entries(QUEUES).map(([name, output]) => ({
        Id: name,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateAgeOfOldestMessage',
            Dimensions: [queueDimension(outputs[output])],
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
