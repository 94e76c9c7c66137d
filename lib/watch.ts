// All that looks at the stack and tells the operator: alarms, where they go, the dashboard, the budget, and the
// releases that the alarms undo.

import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmTopic } from './alarm-topic.ts';
import { Alarms } from './alarms.ts';
import { monthlyBudget } from './budget.ts';
import { Dashboard } from './dashboard.ts';
import { Releases } from './releases.ts';
import type { Settings } from './settings.ts';
import type { Watched } from './watched.ts';

/** What is watched, and what the operator set. */
export interface WatchProps {
  readonly watched: Watched;
  readonly settings: Pick<Settings, 'notify' | 'monthlyBudgetUsd' | 'runbookUrl'>;
}

/** Creates all of it. Stateless, but for the confirmation of the alarms' e-mail address. */
export class Watch extends Construct {
  /** Where alarms go, if anywhere. */
  readonly topic: ITopic | undefined;
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, { watched, settings }: WatchProps) {
    super(scope, id);
    const { notify, monthlyBudgetUsd, runbookUrl } = settings;
    this.topic = alarmTopic(this, notify);
    const alarms = new Alarms(this, 'Alarms', { watched, topic: this.topic }).all;
    this.dashboardUrl = new Dashboard(this, 'Dashboard', { watched, alarms, runbookUrl }).url;
    if (notify && monthlyBudgetUsd > 0) monthlyBudget(this, monthlyBudgetUsd, notify);
    new Releases(this, 'Releases', watched);
  }
}
