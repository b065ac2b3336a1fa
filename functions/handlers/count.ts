import { appendFile } from 'node:fs/promises';
import * as z from 'zod';
import { defineHandler, NonRetryableError } from '../../shared/contract/handler.ts';
import { readEnv } from '../env.ts';

export const count = defineHandler({
  name: 'demo.count',
  description: 'Appends a line to the file named by ESCAPEMENT_COUNT_FILE: counts starts from outside.',
  payload: z.object({ key: z.string() }),
  async run({ payload, execution }) {
    const { ESCAPEMENT_COUNT_FILE: file } = readEnv(['ESCAPEMENT_COUNT_FILE']);
    if (!file) throw new NonRetryableError('demo.count needs ESCAPEMENT_COUNT_FILE to name a file');
    // One write to a file opened for appending: lines of processes that run side by side never mix.
    await appendFile(file, `${execution.id} ${execution.attempt}\n`);
    return { key: payload.key, attempt: execution.attempt };
  },
});
