// The month's bill, watched by AWS Budgets.

import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { Construct } from 'constructs';
import type { Notify } from './settings.ts';

/**
 * Creates a budget that tells when the month's cost is expected to exceed it, and again when it has. It is of the
 * whole account: a filter by tag counts nothing, and says nothing, until somebody activates the tag for billing.
 * AWS names it: whom it tells can only be changed by a new budget, beside which the old one still has its name.
 */
export function monthlyBudget(scope: Construct, usd: number, notify: Notify): CfnBudget {
  const subscribers = [
    'email' in notify
      ? { subscriptionType: 'EMAIL', address: notify.email }
      : { subscriptionType: 'SNS', address: notify.topicArn },
  ];
  return new CfnBudget(scope, 'Budget', {
    budget: {
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: usd, unit: 'USD' },
    },
    notificationsWithSubscribers: ['FORECASTED', 'ACTUAL'].map((notificationType) => ({
      notification: {
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        thresholdType: 'PERCENTAGE',
        threshold: 100,
      },
      subscribers,
    })),
  });
}
