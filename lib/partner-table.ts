// One item per partner: profile, photo pointer, lease; and what erasures leave. The only state that Telegram
// cannot give back.

import type { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { table as declaration, type IndexDeclaration } from '../core/topology.ts';

/**
 * Creates the table and its indices; grants nothing.
 * Stateful and, as `removalPolicy` says, kept when the stack goes; replacing it forgets who joined. Any second of the
 * last 35 days can be restored.
 */
export class PartnerTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, removalPolicy: RemovalPolicy) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: declaration.key, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: declaration.expiry,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy,
    });
    for (const index of [declaration.recentIndex, declaration.changedIndex]) this.#add(index);
  }

  #add({ name, partitionKey, sortKey, carries }: IndexDeclaration): void {
    this.table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.NUMBER },
      // With more than that, every lease and every refresh would be written, and paid for, twice.
      ...(carries.length > 0
        ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...carries] }
        : { projectionType: ProjectionType.KEYS_ONLY }),
    });
  }
}
