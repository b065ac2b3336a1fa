import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';

export const INDEX_NAME = 'byStatusAndTime';

export interface TaskTableProps
  extends Pick<
    TablePropsV2,
    'deletionProtection' | 'pointInTimeRecoverySpecification' | 'removalPolicy' | 'warmThroughput'
  > {
  /** @default - the key that DynamoDB owns */
  key?: IKey | undefined;
}

/** Tasks, executions and control items: one table, one sparse index that is the tick's and the sweeper's worklist. */
export class TaskTable extends TableV2 {
  constructor(scope: Construct, id: string, { key, ...props }: TaskTableProps = {}) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: INDEX_NAME,
          partitionKey: { name: 'statusKey', type: AttributeType.STRING },
          sortKey: { name: 'timeKey', type: AttributeType.STRING },
          projectionType: ProjectionType.KEYS_ONLY,
          // An index that cannot keep up throttles the table itself, so both are warmed alike.
          ...(props.warmThroughput && { warmThroughput: props.warmThroughput }),
        },
      ],
      billing: Billing.onDemand(),
      encryption: key ? TableEncryptionV2.awsManagedKey() : TableEncryptionV2.dynamoOwnedKey(),
      // Retention only: items go hours or days late.
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    });
    if (key) this.encryptWith(key);
  }

  /** As customerManagedKey would have it, which refuses a stack that leaves its region open. */
  private encryptWith(key: IKey): void {
    const table = this.node.defaultChild;
    if (!(table instanceof CfnResource)) throw new Error('a table has a resource');
    table.addPropertyOverride('Replicas.0.SSESpecification.KMSMasterKeyId', key.keyArn);
  }

  get indexArn(): string {
    return `${this.tableArn}/index/${INDEX_NAME}`;
  }
}

export function makeTaskTable(scope: Construct, { data }: Config, key: IKey | undefined): TaskTable {
  const destroy = data.onDelete === 'destroy';
  return new TaskTable(scope, 'Table', {
    removalPolicy: destroy ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    deletionProtection: data.deletionProtection ?? !destroy,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: data.pointInTimeRecovery },
    ...(data.warmThroughput && { warmThroughput: data.warmThroughput }),
    key,
  });
}
