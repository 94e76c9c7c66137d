// What Telegram tells the bot to do, counted out of fetch-photo's log: a pause is a number to look at, a token that
// it refuses is an alarm, since every photo waits until a person has looked.

import { Duration, Stack } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The error classes of core/errors.ts that are counted, each in a metric of its name. */
type Signal = 'TelegramThrottled' | 'TelegramUnauthorized';

/**
 * Creates two metrics in a namespace of the stack's name, TelegramThrottled and TelegramUnauthorized, and an alarm
 * on the second that notifies nobody yet. Stateless; CloudWatch keeps what was counted.
 */
export class TelegramSignals extends Construct {
  constructor(scope: Construct, id: string, fetchPhotoLog: ILogGroup) {
    super(scope, id);
    this.#count(fetchPhotoLog, 'TelegramThrottled');
    this.#count(fetchPhotoLog, 'TelegramUnauthorized')
      .metric({ statistic: 'Sum', period: Duration.minutes(5) })
      .createAlarm(this, 'Refused', {
        alarmDescription:
          'Telegram refuses the bot token (401), or does not know the Bot API at this root. No photo is fetched until the secret is right.',
        threshold: 1,
        evaluationPeriods: 1,
        // No line, no refusal.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
  }

  /** Counts the lines of the log that tell of an error of this class (lambdas/queue-handler.ts). */
  #count(log: ILogGroup, signal: Signal) {
    return log.addMetricFilter(signal, {
      filterPattern: FilterPattern.stringValue('$.error.name', '=', signal),
      metricNamespace: Stack.of(this).stackName,
      metricName: signal,
      metricValue: '1',
    });
  }
}
