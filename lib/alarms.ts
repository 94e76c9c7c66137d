// What tells the operator that something is wrong. The list is in lib/alarm-list.ts; here it gets names, a topic, and
// the one alarm that is made of two.

import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { MOST_MISSES_PERCENT } from '../core/alarm-thresholds.ts';
import { type AlarmDeclaration, alarmList } from './alarm-list.ts';
import { missShare } from './hit-rate.ts';
import { runbookPath } from './runbook.ts';
import type { Watched } from './watched.ts';

/** What the alarms look at, and whom they tell; without a topic, nobody. */
export interface AlarmsProps {
  readonly watched: Watched;
  readonly topic: ITopic | undefined;
}

/** Creates the alarms, named `<stack>-<id>`. Stateless. */
export class Alarms extends Construct {
  /** Those that tell somebody. */
  readonly all: readonly AlarmBase[];

  constructor(scope: Construct, id: string, { watched, topic }: AlarmsProps) {
    super(scope, id);
    const listed = alarmList(this, watched).map((declaration) => this.#alarm(declaration));
    this.all = [...listed, this.#lowHitRate(watched)];
    if (topic) for (const alarm of this.all) alarm.addAlarmAction(new SnsAction(topic));
  }

  #alarm({ id, meaning, runbook, metric, above, periods }: AlarmDeclaration): Alarm {
    return new Alarm(this, id, {
      alarmName: this.#name(id),
      alarmDescription: `${meaning} ${runbookPath(runbook)}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Rings when too many photos are missing, but on the first day: then every photo is asked for a first time. */
  #lowHitRate(watched: Watched): CompositeAlarm {
    const manyMisses = this.#alarm({
      id: 'many-misses',
      meaning: `More than ${MOST_MISSES_PERCENT} % of those who asked for a photo got a placeholder, for two hours.`,
      runbook: 'low-hit-rate',
      metric: missShare(this, Duration.hours(1)),
      above: MOST_MISSES_PERCENT,
      periods: 2,
    });
    return new CompositeAlarm(this, 'low-hit-rate', {
      compositeAlarmName: this.#name('low-hit-rate'),
      alarmDescription: `Less than ${100 - MOST_MISSES_PERCENT} % hits, and not for being new. ${runbookPath('low-hit-rate')}`,
      alarmRule: AlarmRule.allOf(
        AlarmRule.fromAlarm(manyMisses, AlarmState.ALARM),
        AlarmRule.not(AlarmRule.fromAlarm(this.#firstDay(watched), AlarmState.ALARM)),
      ),
    });
  }

  /**
   * Is in alarm for the first day, since a template does not know when it was first deployed: the schedule runs at
   * least every six hours, so twelve without a run are from before. Three times twelve slide with the clock: the oldest
   * has a run when that was a day ago. Missing data is what it looks for, and so the one kind that breaches here.
   */
  #firstDay({ functions }: Watched): Alarm {
    return new Alarm(this, 'first-day', {
      alarmName: this.#name('first-day'),
      alarmDescription: `Younger than a day, or warm-recent does not run. Tells nobody. ${runbookPath('low-hit-rate')}`,
      metric: functions.warmRecent.function.metricInvocations({ period: Duration.hours(12) }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      datapointsToAlarm: 1,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  #name(id: string): string {
    return `${Stack.of(this).stackName}-${id}`;
  }
}
