// The page that an operator opens first: what is wrong, whether it serves, whether it fetches, what it costs.

import { Aws, Duration, Stack } from 'aws-cdk-lib';
import {
  type AlarmBase,
  AlarmStatusWidget,
  Dashboard as CdkDashboard,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type Chapter, widgetsOf } from './dashboard-chapters.ts';
import { costs } from './dashboard-costs.ts';
import { fetching } from './dashboard-fetching.ts';
import { serving } from './dashboard-serving.ts';
import type { Watched } from './watched.ts';

/** What the dashboard shows, and where the runbook can be read, if that is known. */
export interface DashboardProps {
  readonly watched: Watched;
  readonly alarms: readonly AlarmBase[];
  readonly runbookUrl: string | undefined;
}

/** Creates the dashboard, of the last three hours unless the viewer wants others. Stateless. */
export class Dashboard extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { watched, alarms, runbookUrl }: DashboardProps) {
    super(scope, id);
    const chapters: Chapter[] = [
      serving(this, watched),
      fetching(this, watched),
      costs(this, watched),
    ];
    // Dashboards of all regions share their names.
    const dashboardName = `${Stack.of(this).stackName}-${Aws.REGION}`;
    new CdkDashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(3),
      widgets: [
        [
          new AlarmStatusWidget({
            title: 'Is anything wrong?',
            alarms: [...alarms],
            width: 24,
            height: 4,
          }),
        ],
        ...chapters.flatMap((chapter) => widgetsOf(chapter, runbookUrl)),
      ],
    });
    this.url = `https://console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${dashboardName}`;
  }
}
