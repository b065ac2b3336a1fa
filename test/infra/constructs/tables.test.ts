import { RemovalPolicy } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TaskTable, type TaskTableProps } from '../../../infra/constructs/tables.ts';
import { deployment, emptyStack } from '../deployment.ts';

function tableOf(props?: TaskTableProps): Template {
  const stack = emptyStack();
  new TaskTable(stack, 'Table', props);
  return Template.fromStack(stack);
}

describe('the table', () => {
  it('has one sparse index of keys by status and time', () => {
    tableOf().hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byStatusAndTime',
          KeySchema: [
            { AttributeName: 'statusKey', KeyType: 'HASH' },
            { AttributeName: 'timeKey', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  it('outlives its stack, cannot be deleted by mistake and can be restored to any second', () => {
    const template = tableOf();
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [
        Match.objectLike({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ],
    });
  });

  it('is encrypted with the key that AWS owns', () => {
    tableOf().hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: false },
    });
  });

  it('follows the caller where he wants it otherwise', () => {
    const template = tableOf({
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      warmThroughput: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 8_000 },
    });
    const warm = { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 8_000 };
    template.hasResource('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Delete' });
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      WarmThroughput: warm,
      GlobalSecondaryIndexes: [Match.objectLike({ WarmThroughput: warm })],
      Replicas: [Match.objectLike({ DeletionProtectionEnabled: false })],
    });
  });

  it('keeps its logical id: under another one, the next deployment would begin with an empty table', () => {
    const ids = Object.keys(deployment().template.findResources('AWS::DynamoDB::GlobalTable'));
    expect(ids).toEqual(['SchedulerTable43AD0AB1']);
  });
});
