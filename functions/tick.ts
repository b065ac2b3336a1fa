import middy from '@middy/core';
import * as z from 'zod';
import { fanOutTick } from '../shared/usecases/fan-out-tick.ts';
import { keepCanary } from '../shared/usecases/keep-canary.ts';
import { tickRuntime } from './runtime.ts';

/** `{ "restore": true }`: the queues lost their messages; hint everything near anew. Anything else is a tick. */
const TickEvent = z.object({ restore: z.boolean().default(false) }).catch({ restore: false });

export const makeTick = (deps: ReturnType<typeof tickRuntime>) => {
  let canaryRemoved = false;

  /** What goes wrong here shows as a canary that does not run; the tick itself has done its part. */
  async function lookAfterCanary(): Promise<void> {
    if (canaryRemoved) return;
    try {
      await keepCanary(deps, deps.canaryQueue);
      // Nobody but a tick with another setting makes them again, so one look in the life of a process is enough.
      canaryRemoved = deps.canaryQueue === undefined;
    } catch (error) {
      deps.log.error('the canary could not be looked after', {}, error);
    }
  }

  return async (event: unknown): Promise<void> => {
    const { shards } = await fanOutTick(deps, TickEvent.parse(event));
    deps.log.info('tick', { busyShards: shards });
    await lookAfterCanary();
  };
};

export const handler = middy(makeTick(tickRuntime()));
