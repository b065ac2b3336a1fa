import * as z from 'zod';

/** RFC 9457. `code` is the stable name of what went wrong; `errors` lists every field problem at once. */
export const ProblemSchema = z
  .strictObject({
    type: z.string().describe('urn:escapement:problem:<code>'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof ProblemSchema>;
