import type { SchedulerWorld } from './scheduler-world.ts';

/**
 * Plays minutes of the scheduler, with a process that dies before or after its n-th request of a port: what was under
 * way then never goes on. Returns how many requests there were.
 */
export async function playWithCrash(
  w: SchedulerWorld,
  {
    crashAt,
    side,
    minutes,
    stepMs = 1_000,
    meanwhile = async () => {},
  }: {
    crashAt: number;
    side: 'before' | 'after';
    minutes: number;
    stepMs?: number;
    /** What others do at every step; it may die like everything else. */
    meanwhile?: () => Promise<unknown>;
  },
): Promise<number> {
  let operations = 0;
  let die = () => {};
  w.hooks[side] = () => {
    if (++operations !== crashAt) return;
    die();
    // What has crashed does not even fail: it never goes on.
    return new Promise<never>(() => {});
  };
  const survive = (work: () => Promise<unknown>) => {
    const dead = new Promise<void>((resolve) => {
      die = resolve;
    });
    return Promise.race([work(), dead]);
  };
  for (let minute = 0; minute < minutes; minute++) {
    await survive(() => w.tick());
    await survive(() => w.sweep());
    for (let ms = 0; ms < 60_000; ms += stepMs) {
      await survive(async () => {
        while ((await w.deliver()) > 0);
      });
      await survive(meanwhile);
      await w.advance(stepMs);
    }
  }
  return operations;
}
