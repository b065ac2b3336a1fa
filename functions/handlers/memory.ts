import * as z from 'zod';
import { defineHandler } from '../../shared/contract/handler.ts';

/** Numbers of eight bytes each in a megabyte. */
const NUMBERS = 2 ** 17;

const leaked: number[][] = [];

export const memory = defineHandler({
  name: 'demo.memory',
  description:
    'Takes so much memory. `leak` keeps hold of it after the run, until its thread is recycled; too much ends the run.',
  payload: z.object({ megabytes: z.int().min(0).max(100_000), leak: z.boolean().default(false) }),
  async run({ payload: { megabytes, leak }, signal, heartbeat }) {
    const taken: number[][] = leak ? leaked : [];
    for (let n = 0; n < megabytes; n++) {
      taken.push(new Array<number>(NUMBERS).fill(n));
      await heartbeat();
      signal.throwIfAborted();
    }
    return { megabytes };
  },
});
