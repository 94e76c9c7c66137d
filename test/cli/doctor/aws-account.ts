// An AWS account as far as the doctor asks: STS, SSM, CloudFormation, CloudWatch and SNS in their own protocols,
// behind one address. DynamoDB, S3, SQS and Secrets Manager are those of a Cameo that runs here.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { devNull } from 'node:os';
import type { Outputs } from '../../../core/outputs.ts';
import { endpointVariables, type LocalSystem } from '../../../local/outputs-file.ts';
import { bodyOf, type HttpServer, startHttpServer } from '../../http-server.ts';

/** A CloudWatch alarm. */
export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM';
  readonly actionsEnabled: boolean;
}

/** What the account is like. */
export interface Account {
  readonly stack: string;
  readonly outputs: Partial<Outputs>;
  /** The error code of every call, where AWS does not take the credentials. */
  readonly refusal?: string;
  /** Error codes of single operations. */
  readonly denied?: Readonly<Record<string, string>>;
  /** Absent where the account is not bootstrapped. */
  readonly bootstrapVersion?: string;
  readonly alarms: readonly Alarm[];
  /** Alarms that look at another one. */
  readonly composites?: readonly (Pick<Alarm, 'name' | 'state'> & { readonly of: string })[];
  /** `PendingConfirmation`, or an ARN. */
  readonly subscriptions: readonly string[];
  readonly oldestMessageSeconds: number;
  /** How far AWS's clock is ahead. */
  readonly aheadMs?: number;
}

/** Where everything is well. */
export function wellAccount({ outputs }: LocalSystem): Account {
  return {
    stack: 'cameo',
    outputs,
    bootstrapVersion: '27',
    alarms: ['errors', 'dead-letters'].map((name) => ({
      name: `cameo-${name}`,
      state: 'OK',
      actionsEnabled: true,
    })),
    subscriptions: [`${TOPIC}:4b6f`],
    oldestMessageSeconds: 0,
  };
}

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:cameo-alarms';

const BOOTSTRAP_VERSION = '/cdk-bootstrap/hnb659fds/version';

const OTHER_STACKS: Alarm = { name: 'cameo-staging-errors', state: 'ALARM', actionsEnabled: true };

/** Starts the account. Its owner ends it. */
export function startAccount(account: Account): Promise<HttpServer> {
  return startHttpServer(async (request, response) => {
    const body = (await bodyOf(request)).toString();
    const date = new Date(Date.now() + (account.aheadMs ?? 0)).toUTCString();
    response.setHeader('date', date);
    const target = request.headers['x-amz-target'];
    if (target) {
      const operation = String(target).split('.')[1] ?? '';
      answerJson(account, { operation, input: JSON.parse(body) }, request, response);
    }
    if (!target) answerQuery(account, new URLSearchParams(body).get('Action') ?? '', response);
  });
}

/** The environment of a shell that works in the account. */
export function shellOf(account: HttpServer, { endpoints }: LocalSystem): Record<string, string> {
  const own = ['STS', 'SSM', 'CLOUDFORMATION', 'CLOUDWATCH', 'SNS'];
  return {
    ...endpointVariables(endpoints),
    ...Object.fromEntries(own.map((service) => [`AWS_ENDPOINT_URL_${service}`, account.url])),
    AWS_ACCESS_KEY_ID: 'AKIADOCTOR',
    AWS_SECRET_ACCESS_KEY: 'a-secret-access-key-of-the-tests',
    AWS_REGION: 'eu-central-1',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

interface Call {
  readonly operation: string;
  readonly input: { readonly Name?: string; readonly AlarmNames?: readonly string[] };
}

function answerJson(
  account: Account,
  { operation, input }: Call,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const { refusal, denied, bootstrapVersion, oldestMessageSeconds } = account;
  const { alarms, composites = [] } = account;
  const isThere = bootstrapVersion && input.Name === BOOTSTRAP_VERSION;
  const code =
    refusal ??
    denied?.[operation] ??
    (operation === 'GetParameter' && !isThere ? 'ParameterNotFound' : undefined);
  const { AlarmNames = [] } = input;
  // Without names all alarms of the account are told, those of other stacks too.
  const isAsked = ({ name }: Pick<Alarm, 'name'>) =>
    AlarmNames.length === 0 || AlarmNames.includes(name);
  const answers: Record<string, () => object> = {
    GetParameter: () => ({ Parameter: { Value: bootstrapVersion } }),
    DescribeAlarms: () => ({
      MetricAlarms: [...alarms, OTHER_STACKS].filter(isAsked).map((alarm) => ({
        AlarmName: alarm.name,
        StateValue: alarm.state,
        ActionsEnabled: alarm.actionsEnabled,
        AlarmArn: arnOf(alarm.name),
        AlarmActions: [TOPIC],
      })),
      CompositeAlarms: composites.filter(isAsked).map(({ name, state, of }) => ({
        AlarmName: name,
        StateValue: state,
        AlarmRule: `ALARM("${arnOf(of)}")`,
      })),
    }),
    GetMetricData: () => ({
      MetricDataResults: [{ Id: 'fetch', Values: [oldestMessageSeconds] }],
    }),
  };
  response.setHeader('content-type', String(headers['content-type']));
  response.statusCode = code ? 400 : 200;
  response.end(JSON.stringify(code ? { __type: code } : answers[operation]?.()));
}

function answerQuery(account: Account, action: string, response: ServerResponse): void {
  const { refusal, denied, stack, outputs, subscriptions } = account;
  const { alarms, composites = [] } = account;
  const code = refusal ?? denied?.[action];
  const results: Record<string, () => string> = {
    GetCallerIdentity: () =>
      '<Arn>arn:aws:iam::123456789012:user/operator</Arn><UserId>AIDA</UserId><Account>123456789012</Account>',
    DescribeStacks: () => {
      const members = Object.entries(outputs).map(([name, value]) =>
        member(`<OutputKey>${name}</OutputKey><OutputValue>${value}</OutputValue>`),
      );
      const list = `<Outputs>${members.join('')}</Outputs>`;
      return `<Stacks>${member(`<StackName>${stack}</StackName>${list}`)}</Stacks>`;
    },
    ListStackResources: () => {
      const members = [
        ...alarms.map(({ name }) => resource('Alarm', name)),
        ...composites.map(({ name }) => resource('CompositeAlarm', arnOf(name))),
      ];
      return `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>`;
    },
    ListSubscriptionsByTopic: () => {
      const members = subscriptions.map((arn) =>
        member(`<Protocol>email</Protocol><SubscriptionArn>${arn}</SubscriptionArn>`),
      );
      return `<Subscriptions>${members.join('')}</Subscriptions>`;
    },
  };
  response.setHeader('content-type', 'text/xml');
  response.statusCode = code ? 403 : 200;
  const error = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
  const result = `<${action}Response><${action}Result>${results[action]?.()}</${action}Result></${action}Response>`;
  response.end(code ? error : result);
}

function arnOf(alarm: string): string {
  return `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${alarm}`;
}

function resource(type: string, id: string): string {
  return member(
    `<ResourceType>AWS::CloudWatch::${type}</ResourceType><PhysicalResourceId>${id}</PhysicalResourceId>`,
  );
}

function member(xml: string): string {
  return `<member>${xml}</member>`;
}
