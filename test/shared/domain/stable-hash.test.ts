import { describe, expect, it } from 'vitest';
import { jitterOffsetMs } from '../../../shared/domain/jitter-offset.ts';
import { shardOf } from '../../../shared/domain/shard-of.ts';
import { stableHash } from '../../../shared/domain/stable-hash.ts';

/** Values from an independent implementation. Changing any of them would move the tasks of every deployment. */
describe('stableHash', () => {
  it.each([
    ['', 2_872_998_923],
    ['a', 2_448_022_055],
    ['nightly-report', 2_237_433_405],
    ['tâche-été', 635_509_761],
  ])('of %j never changes', (text, hash) => {
    expect(stableHash(text)).toBe(hash);
  });
});

describe('shardOf and jitterOffsetMs', () => {
  it.each([
    ['root', 'nightly-report', 1, 66, 17_991],
    ['root', 'a', 1, 79, 58_098],
    ['acme', 'a', 2, 158, 2_479],
  ])('%s/%s has its places for ever', (tenant, taskId, of4, of256, ofMinute) => {
    expect(shardOf(tenant, taskId, 4)).toBe(of4);
    expect(shardOf(tenant, taskId, 256)).toBe(of256);
    expect(jitterOffsetMs(tenant, taskId, 60)).toBe(ofMinute);
  });

  it('has one shard when there is one, and no offset without jitter', () => {
    expect(shardOf('root', 'x', 1)).toBe(0);
    expect(jitterOffsetMs('root', 'x', 0)).toBe(0);
  });

  it('keeps tenant and task apart', () => {
    expect(shardOf('ab', 'c', 1_000_000)).not.toBe(shardOf('a', 'bc', 1_000_000));
  });

  it.each([4, 32, 256])('spreads numbered tasks evenly over %i shards', (shards) => {
    const perShard = 200;
    const counts = new Array<number>(shards).fill(0);
    for (let i = 0; i < shards * perShard; i++) {
      const shard = shardOf('root', `task-${i}`, shards);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    // 200 ± 5 standard deviations of a fair draw
    expect(Math.min(...counts)).toBeGreaterThan(perShard - 5 * Math.sqrt(perShard));
    expect(Math.max(...counts)).toBeLessThan(perShard + 5 * Math.sqrt(perShard));
  });

  it('spreads offsets over the whole window', () => {
    const offsets = Array.from({ length: 1_000 }, (_, i) => jitterOffsetMs('root', `task-${i}`, 60));
    expect(Math.min(...offsets)).toBeLessThan(1_000);
    expect(Math.max(...offsets)).toBeGreaterThan(59_000);
    expect(Math.max(...offsets)).toBeLessThan(60_000);
    expect(offsets.every(Number.isInteger)).toBe(true);
  });
});
