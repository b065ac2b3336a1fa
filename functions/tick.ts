import middy from '@middy/core';
import * as z from 'zod';
import { fanOutTick } from '../shared/usecases/fan-out-tick.ts';
import { tickRuntime } from './runtime.ts';

/** `{ "restore": true }`: the queues lost their messages; hint everything near anew. Anything else is a tick. */
const TickEvent = z.object({ restore: z.boolean().default(false) }).catch({ restore: false });

export const makeTick = (deps: ReturnType<typeof tickRuntime>) => async (event: unknown) => {
  const { shards } = await fanOutTick(deps, TickEvent.parse(event));
  deps.log.info('tick', { busyShards: shards });
};

export const handler = middy(makeTick(tickRuntime()));
