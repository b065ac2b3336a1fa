import * as z from 'zod';
import { defineHandler } from '../shared/contract/handler.ts';
import { CANARY_HANDLER } from '../shared/domain/canary.ts';

/** Beside the user's handlers, whatever they are; the API does not offer it. */
export const canary = defineHandler({
  name: CANARY_HANDLER,
  description: 'Does nothing: that it runs is what it is for.',
  payload: z.object({}),
  run: () => null,
});
