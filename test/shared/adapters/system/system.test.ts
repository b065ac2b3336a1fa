import { decodeTime } from 'ulid';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../shared/adapters/system/clock.ts';
import { systemIds } from '../../../../shared/adapters/system/ids.ts';
import { makeLog } from '../../../../shared/adapters/system/log.ts';
import { systemRandom } from '../../../../shared/adapters/system/random.ts';

describe('the system’s clock, random and ids', () => {
  it('sleep does not end before its time on the monotonic clock', async () => {
    const before = systemClock.monotonicMs();
    await systemClock.sleep(15);
    // Timers count whole milliseconds of their own clock.
    expect(systemClock.monotonicMs() - before).toBeGreaterThanOrEqual(14);
    await systemClock.sleep(-1);
  });

  it('ids carry the instant they were made for, and nonces never repeat', () => {
    expect(decodeTime(systemIds.ulid(1_795_251_600_000))).toBe(1_795_251_600_000);
    const nonces = Array.from({ length: 1_000 }, () => systemIds.nonce());
    expect(new Set(nonces).size).toBe(1_000);
    expect(nonces.every((nonce) => nonce.length === 22)).toBe(true);
  });

  it('random numbers lie in [0, 1)', () => {
    const x = systemRandom.next();
    expect(x >= 0 && x < 1).toBe(true);
  });
});

describe('log lines', () => {
  const lines: unknown[][] = [];
  const write = (...line: unknown[]) => void lines.push(line);
  const log = makeLog({ debug: write, info: write, warn: write, error: write });
  const last = () => lines.at(-1);

  it('carry the fields that have a value', () => {
    log.info('claimed', { taskId: 'nightly', attempt: 0, late: false, queue: undefined });
    expect(last()).toEqual(['claimed', { taskId: 'nightly', attempt: 0, late: false }]);
  });

  it('stay small, whatever is handed in', () => {
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, 'x'.repeat(10_000)]));
    log.warn('m'.repeat(10_000), fields);
    expect(JSON.stringify(last()).length).toBeLessThan(16_384);
  });

  it('show an error with its causes and without whatever else hangs on it', () => {
    const cause = Object.assign(new Error('refused'), { Item: { payload: { S: 'secret' } } });
    const error = Object.assign(new Error('away', { cause }), {
      code: 'unavailable',
      name: 'SchedulerError',
    });
    log.error('claim failed', { shard: 1 }, error);
    expect(last()).toMatchObject([
      'claim failed',
      {
        shard: 1,
        error: {
          name: 'SchedulerError',
          code: 'unavailable',
          message: 'away',
          cause: { message: 'refused' },
        },
      },
    ]);
    expect(JSON.stringify(last())).not.toContain('secret');
    log.error('odd', undefined, 'a string');
    expect(last()).toEqual(['odd', { error: { name: 'string', message: 'a string' } }]);
  });

  it('end a chain of causes that has no end', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    log.error('looped', {}, loop);
    expect(JSON.stringify(last()).length).toBeLessThan(65_536);
  });
});
