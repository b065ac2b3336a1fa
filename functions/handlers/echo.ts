import * as z from 'zod';
import { defineHandler } from '../../shared/contract/handler.ts';

export const echo = defineHandler({
  name: 'demo.echo',
  description: 'Returns its payload.',
  payload: z.unknown(),
  run: ({ payload }) => payload,
});
