import type { SchedulerWorld } from './scheduler-world.ts';

/**
 * Plays minutes of the scheduler, with a process that dies before or after its n-th request of a port: what was under
 * way then never goes on. Returns how many requests there were.
 */
export async function playWithCrash(
  w: SchedulerWorld,
  { crashAt, side, minutes }: { crashAt: number; side: 'before' | 'after'; minutes: number },
): Promise<number> {
  let operations = 0;
  let die = () => {};
  w.hooks[side] = () => {
    if (++operations !== crashAt) return;
    die();
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
    for (let second = 0; second < 60; second++) {
      await survive(async () => {
        while ((await w.deliver()) > 0);
      });
      await w.advance(1_000);
    }
  }
  return operations;
}
