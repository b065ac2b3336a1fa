import process from 'node:process';
import * as z from 'zod';
import { defineHandler } from '../../shared/contract/handler.ts';

export const crash = defineHandler({
  name: 'demo.crash',
  description:
    'Ends its process hard on its first attempts (one by default), as an out-of-memory kill would.',
  payload: z.object({ times: z.int().min(0).default(1) }),
  run({ payload, execution: { attempt } }) {
    if (attempt > payload.times) return { attempt };
    process.kill(process.pid, 'SIGKILL');
    throw new Error('The process survived its own SIGKILL');
  },
});
