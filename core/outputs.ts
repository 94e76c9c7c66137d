// What a Cameo tells whoever operates it, under the same names everywhere: the stack's outputs after a deployment,
// a file in the data folder on one machine. The command line finds its way by them and by nothing else.

/** The outputs and what each is. A list is separated by commas; none of them is a secret. */
export const outputs = {
  Url: 'the address of the photos and of the API: https:// and the host, without a slash at the end',
  ApiUrl: 'the HTTP API behind the edge, which answers nobody else',
  DistributionId: 'the CloudFront distribution',
  BucketName: 'the bucket of the photos',
  TableName: 'the table of the partners',
  BotTokenSecretName: 'the secret that holds the bot token',
  ServiceKeySecretName: 'the secret that holds the key of your backend',
  UrlKeySecretName: 'the secret that holds the key of all avatar URLs',
  FetchQueueUrl: 'jobs that a viewer or a registration waits for',
  FetchDeadLetterUrl: 'those that were given up',
  WarmQueueUrl: 'jobs that nobody waits for',
  WarmDeadLetterUrl: 'those that were given up',
  EraseQueueUrl: 'erasures and evictions',
  EraseDeadLetterUrl: 'those that were given up',
  ScheduleDeadLetterUrl: 'warm runs that failed for good',
  LogGroupNames: 'the logs of all functions',
  MetricsNamespace: "the CloudWatch namespace of Cameo's own metrics",
  TelegramApiRoot: 'the Bot API, without a slash at the end',
  RefreshHours: 'after how many hours Telegram is asked again about a partner',
  Doctor: 'the command that looks for what is wrong',
  DashboardUrl: 'the page that shows whether it works',
  AlarmTopicArn: 'the SNS topic that alarms go to, or none',
} as const;

/** The name of an output. */
export type OutputName = keyof typeof outputs;

/** The values of all outputs. */
export type Outputs = Readonly<Record<OutputName, string>>;
