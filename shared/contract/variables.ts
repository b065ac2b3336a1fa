import * as z from 'zod';
import { MAX_VARIABLE_BYTES, MAX_VARIABLES } from '../domain/limits.ts';

/** Values that all tasks of a tenant share. Not for secrets: whoever may look at tasks may read them. */

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
export const VariableNameSchema = z.string().regex(NAME, `expected ${NAME.source}`);

export const VariableInputSchema = z
  .strictObject({
    value: z.unknown().describe(`any JSON of at most ${MAX_VARIABLE_BYTES} bytes`),
  })
  .refine((input) => 'value' in input, { path: ['value'], error: 'is required' })
  .meta({ id: 'VariableInput', example: { value: 'eu-west-1' } });

export const VariableSchema = z
  .strictObject({ name: VariableNameSchema, value: z.unknown() })
  .meta({ id: 'Variable', description: `At most ${MAX_VARIABLES} in a tenant.` });
