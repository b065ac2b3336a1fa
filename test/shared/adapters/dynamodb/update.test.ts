import { describe, expect, it } from 'vitest';
import { EXECUTION, STATE } from '../../../../shared/adapters/dynamodb/codec.ts';
import { changeToUpdate, guardToCondition } from '../../../../shared/adapters/dynamodb/update.ts';
import { aRun, aState, T0 } from '../../../contracts/samples.ts';

const key = { tenant: 'root', taskId: 'nightly' };

describe('a change as an update expression', () => {
  it('sets, removes and guards in one request, under stored names', () => {
    const update = changeToUpdate(STATE, key, {
      set: { nextRunAt: 5, run: 'x@0', index: { set: 'hot', shard: 3, at: 5, queue: 'low' } },
      remove: ['ttl'],
      guard: { equals: { status: 'active', generation: 2 }, missing: ['run'] },
    });
    expect(update).toEqual({
      Key: { pk: { S: 'T#root#nightly' }, sk: { S: 'T' } },
      UpdateExpression: 'SET #nextRunAt = :0, #run = :1, #statusKey = :2, #timeKey = :3 REMOVE #ttl',
      ConditionExpression:
        'attribute_exists(#pk) AND #status = :4 AND #gen = :5 AND attribute_not_exists(#run)',
      ExpressionAttributeNames: {
        '#nextRunAt': 'nextRunAt',
        '#run': 'run',
        '#statusKey': 'statusKey',
        '#timeKey': 'timeKey',
        '#ttl': 'ttl',
        '#pk': 'pk',
        '#status': 'status',
        '#gen': 'gen',
      },
      ExpressionAttributeValues: {
        ':0': { N: '5' },
        ':1': { S: 'x@0' },
        ':2': { S: 'hot#3' },
        ':3': { S: '000000000000005#low' },
        ':4': { S: 'active' },
        ':5': { N: '2' },
      },
    });
  });

  it('takes both index attributes away together', () => {
    const { UpdateExpression } = changeToUpdate(STATE, key, { set: {}, remove: ['index'], guard: {} });
    expect(UpdateExpression).toBe('REMOVE #statusKey, #timeKey');
  });

  it('compares attributes, and lets a missing one differ from anything', () => {
    const { ConditionExpression } = guardToCondition(EXECUTION, aRun(), {
      not: { cancelRequested: true },
      below: { field: 'attempt', than: 'maxAttempts' },
    });
    expect(ConditionExpression).toBe(
      'attribute_exists(#pk) AND (attribute_not_exists(#cancel) OR #cancel <> :0) AND #att < #maxAtt',
    );
  });

  it('demands existence even when nothing else is asked', () => {
    const update = changeToUpdate(STATE, key, { set: {}, guard: {} });
    expect(update.ConditionExpression).toBe('attribute_exists(#pk)');
    expect(update).not.toHaveProperty('UpdateExpression');
    expect(update).not.toHaveProperty('ExpressionAttributeValues');
  });

  it('refuses to write or to guard what is part of the key', () => {
    expect(() => changeToUpdate(STATE, key, { set: { taskId: 'other' }, guard: {} })).toThrow(TypeError);
    expect(() => guardToCondition(STATE, key, { equals: aState({ createdAt: T0 }) })).toThrow(TypeError);
  });
});
