import { describe, expect, it } from 'vitest';
import { isOccurrence, manualOccurrence } from '../../shared/domain/occurrence.ts';
import { makeMemoryWorld } from './memory-world.ts';

describe('memory world', () => {
  it('wakes sleepers at their own instants while time is turned forward', async () => {
    const { clock } = makeMemoryWorld({ nowMs: 1_000 });
    const woken: number[] = [];
    const nap = async (ms: number) => {
      await clock.sleep(ms);
      woken.push(clock.nowMs());
    };
    const naps = [nap(300).then(() => nap(50)), nap(100), nap(10_000)];
    await clock.advance(500);
    expect(woken).toEqual([1_100, 1_300, 1_350]);
    expect(clock.nowMs()).toBe(1_500);
    await clock.advance(10_000);
    await Promise.all(naps);
    expect(woken.at(-1)).toBe(11_000);
  });

  it('moves the wall clock alone when the host corrects its time', () => {
    const { clock } = makeMemoryWorld();
    const before = clock.monotonicMs();
    clock.jumpWall(-5_000);
    expect(clock.monotonicMs()).toBe(before);
  });

  it('makes ids that count up and fit the formats', () => {
    const { ids } = makeMemoryWorld();
    const [first, second] = [ids.ulid(5), ids.ulid(5)];
    expect(first < second).toBe(true);
    expect(isOccurrence(manualOccurrence(5, first))).toBe(true);
    expect([ids.nonce(), ids.nonce()]).toEqual(['nonce-1', 'nonce-2']);
  });

  it('draws the same random numbers for the same seed', () => {
    const draw = (seed: number) => {
      const { random } = makeMemoryWorld({ seed });
      return [random.next(), random.next(), random.next()];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('lets a test crash before or after a write', async () => {
    const { hooks, heartbeat } = makeMemoryWorld();
    hooks.before = () => Promise.reject(new Error('crash'));
    await expect(heartbeat.record(1)).rejects.toThrow('crash');
    hooks.before = undefined;
    expect(await heartbeat.read()).toBeUndefined();
    hooks.after = () => Promise.reject(new Error('crash'));
    await expect(heartbeat.record(2)).rejects.toThrow('crash');
    hooks.after = undefined;
    expect(await heartbeat.read()).toBe(2);
  });
});
