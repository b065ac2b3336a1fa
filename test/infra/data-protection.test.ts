import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { DataProps } from '../../infra/scheduler-props.ts';
import { deployment } from './deployment.ts';
import { resourcesOf } from './variant-templates.ts';

const TABLE = 'AWS::DynamoDB::GlobalTable';

/** What becomes of the table, under these settings. */
function protection(data: DataProps = {}) {
  const { template } = deployment({ data });
  const [table] = Object.values(template.findResources(TABLE));
  const [replica] = table?.Properties.Replicas ?? [];
  return {
    onDelete: table?.DeletionPolicy,
    onReplace: table?.UpdateReplacePolicy,
    deletionProtected: replica.DeletionProtectionEnabled,
    restorable: replica.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,
  };
}

describe('the table of a deployment', () => {
  const kept = { onDelete: 'Retain', onReplace: 'Retain', deletionProtected: true, restorable: true };

  it('is kept, protected and restorable unless the settings say otherwise', () => {
    expect(protection()).toEqual(kept);
  });

  it('can be kept without being protected', () => {
    expect(protection({ deletionProtection: false })).toEqual({ ...kept, deletionProtected: false });
  });

  it('can do without its history', () => {
    expect(protection({ pointInTimeRecovery: false })).toEqual({ ...kept, restorable: false });
  });

  it('goes with its stack when told so, and then nothing protects it', () => {
    expect(protection({ onDelete: 'destroy' })).toEqual({
      onDelete: 'Delete',
      onReplace: 'Delete',
      deletionProtected: false,
      restorable: true,
    });
  });

  it('is the only thing that is kept', () => {
    const kept = resourcesOf('default').filter(({ onDelete }) => onDelete === 'Retain');
    expect(kept.map(({ type }) => type)).toEqual([TABLE]);
    expect(resourcesOf('throwaway').filter(({ onDelete }) => onDelete === 'Retain')).toEqual([]);
  });

  it('is billed by use, whatever the settings', () => {
    deployment({
      data: { warmThroughput: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 8_000 } },
    }).template.hasResourceProperties(TABLE, {
      BillingMode: 'PAY_PER_REQUEST',
      WriteProvisionedThroughputSettings: Match.absent(),
    });
  });
});
