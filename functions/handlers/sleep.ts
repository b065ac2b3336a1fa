import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { defineHandler } from '../../shared/contract/handler.ts';

const STEP_MS = 200;

export const sleep = defineHandler({
  name: 'demo.sleep',
  description: 'Waits in small steps, reports its progress and stops when asked to.',
  payload: z.object({ seconds: z.number().min(0).max(86_400), heartbeat: z.boolean().optional() }),
  async run({ payload, signal, progress, heartbeat }) {
    const totalMs = payload.seconds * 1_000;
    const startedAt = performance.now();
    let reported = -1;
    for (;;) {
      signal.throwIfAborted();
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs >= totalMs) return { sleptSeconds: payload.seconds };
      const percent = Math.floor((elapsedMs / totalMs) * 100);
      if (percent > reported) {
        reported = percent;
        await progress({ percent, message: `${Math.floor(elapsedMs / 1_000)} of ${payload.seconds} s` });
      }
      if (payload.heartbeat) await heartbeat();
      await delay(Math.min(STEP_MS, totalMs - elapsedMs), undefined, { signal });
    }
  },
});
