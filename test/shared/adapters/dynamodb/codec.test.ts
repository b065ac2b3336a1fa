import { describe, expect, it } from 'vitest';
import {
  DEFINITION,
  decode,
  EXECUTION,
  encode,
  type Item,
  STATE,
} from '../../../../shared/adapters/dynamodb/codec.ts';
import { fromIndexKey, toIndexKey } from '../../../../shared/adapters/dynamodb/index-key.ts';
import type { IndexEntry } from '../../../../shared/domain/index-entry.ts';
import { aDefinition, aRun, aState, T0 } from '../../../contracts/samples.ts';

/** As DynamoDB bills: names and values in UTF-8, numbers by digits, 3 bytes and 1 more a member for containers. */
function sizeOf(value: Item[string]): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/\D|0+$/g, '').length / 2) + 2;
  if (value.L) return value.L.reduce((sum, member) => sum + sizeOf(member) + 1, 3);
  if (value.M) return 3 + itemSize(value.M) + Object.keys(value.M).length;
  return 1;
}
const itemSize = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);

const HANDED_OFF = aRun({
  handOffs: [{ attempt: 1, tokenHash: 'h', outcomeHash: 'o' }],
  pendingSeconds: 604_800,
  earlyOutcome: {
    kind: 'failed',
    errorType: 'E',
    errorMessage: 'm',
    nonRetryable: false,
    retryAfterSeconds: 3,
  },
});

const PAUSED = aState({ status: 'paused', paused: { by: 'token:a', at: T0, reason: 'closing ✓' } });
const CANCELLED = aRun({ status: 'cancelled', cancelAsked: { by: 'token:a', at: T0 } });

describe('items', () => {
  it('hold tenant, task and occurrence in the key alone', () => {
    const item = encode(EXECUTION, aRun());
    expect(item.pk).toEqual({ S: 'T#root#nightly' });
    expect(item.sk).toEqual({ S: 'X#001795251600000' });
    for (const name of ['tenant', 'taskId', 'occurrence', 'index']) expect(item).not.toHaveProperty(name);
  });

  it.each([
    ['a state', () => decode(STATE, encode(STATE, aState())), aState()],
    ['a definition', () => decode(DEFINITION, encode(DEFINITION, aDefinition())), aDefinition()],
    ['a run', () => decode(EXECUTION, encode(EXECUTION, aRun())), aRun()],
    ['a paused state', () => decode(STATE, encode(STATE, PAUSED)), PAUSED],
    ['a run that was cancelled', () => decode(EXECUTION, encode(EXECUTION, CANCELLED)), CANCELLED],
    ['a run that was handed off', () => decode(EXECUTION, encode(EXECUTION, HANDED_OFF)), HANDED_OFF],
  ])('give back %s as it was', (_what, roundTrip, record) => {
    expect(roundTrip()).toEqual(record);
  });

  it('stay under 1 KB where every run writes them: a task’s state with the longest id', () => {
    const taskId = 'x'.repeat(128);
    const state = aState({
      taskId,
      run: `001795251600000#m#${'Z'.repeat(26)}@12`,
      createdBy: 'y'.repeat(128),
      missed: 123_456,
      index: { set: 'due', shard: 1023, at: T0 + 1, queue: 'q'.repeat(64) },
      ttl: 1_795_251_601,
    });
    expect(itemSize(encode(STATE, state))).toBeLessThan(1_024);
  });

  it('stay under 1 KB where every run writes them: a finished run with the largest inline result', () => {
    const run = aRun({
      taskId: '01JD0000000000000000000000',
      taskName: 'Nightly report for the whole team',
      handler: 'reports.nightly-summary',
      tags: ['billing', 'team:reports', 'daily'],
      status: 'success',
      finishedAt: T0 + 1_234,
      owner: 'n'.repeat(22),
      result: 'r'.repeat(512),
      index: { set: 'ended', shard: 3, at: T0 + 1_234 },
      ttl: 1_795_251_601,
    });
    expect(itemSize(encode(EXECUTION, run))).toBeLessThan(1_024);
  });

  it('that are damaged are named, not passed on', () => {
    const item = encode(EXECUTION, aRun());
    const { att: _, ...incomplete } = item;
    expect(() => decode(EXECUTION, incomplete)).toThrow(
      'damaged execution T#root#nightly X#001795251600000: att',
    );
    expect(() => decode(EXECUTION, { ...item, lease: { S: 'soon' } })).toThrow(/damaged .*: lease/);
    expect(() => decode(EXECUTION, { ...item, statusKey: { S: 'strange#1' } })).toThrow(
      /damaged .*: statusKey/,
    );
    expect(() => decode(STATE, { ...item, pk: { S: 'X' } })).toThrow(/damaged task X .*: key/);
  });
});

describe('index keys', () => {
  const key = { tenant: 'root', taskId: 'nightly' };
  const at = 1_795_251_600_000;
  it.each<[IndexEntry, string, string]>([
    [{ set: 'due', shard: 0, at, queue: 'default' }, 'due#0', '001795251600000#default'],
    [
      { set: 'due', shard: 0, at, queue: 'default', deadlineSeconds: 300 },
      'due#0',
      '001795251600000#default#300',
    ],
    [{ set: 'hot', shard: 31, at, queue: 'high' }, 'hot#31', '001795251600000#high'],
    [{ set: 'open', shard: 2, at }, 'open#2', '001795251600000'],
    [{ set: 'dead', shard: 2, at, queue: 'high' }, 'dead#root#high#2', '001795251600000'],
    [
      { set: 'dead', shard: 2, at, queue: 'high', fingerprint: '90fcd913c260a01f' },
      'dead#root#high#2',
      '001795251600000#90fcd913c260a01f',
    ],
    [
      { set: 'closed', shard: 2, at, queue: 'high', fingerprint: '90fcd913c260a01f', resolution: 'ignored' },
      'closed#root#2',
      '001795251600000#90fcd913c260a01f#ignored#high',
    ],
    [{ set: 'ended', shard: 0, at }, 'ended#root#0', '001795251600000'],
    [{ set: 'tasks', shard: 1, name: 'A # name' }, 'tasks#root#1', 'A # name#nightly'],
  ])('of %j', (entry, statusKey, timeKey) => {
    expect(toIndexKey(key, entry)).toEqual({ statusKey, timeKey });
    expect(fromIndexKey(key, { statusKey, timeKey })).toEqual(entry);
  });
});
