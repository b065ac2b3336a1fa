import * as z from 'zod';

/** What GET /v1/events tells: that something changed, and what to read anew. */
export const LiveEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('task.changed'), taskId: z.string(), status: z.string().exactOptional() }),
  z.object({
    type: z.literal('run.changed'),
    taskId: z.string(),
    executionId: z.string(),
    /** None when the run is gone. */
    status: z.string().exactOptional(),
  }),
  /** What people said of some queue. */
  z.object({ type: z.literal('queue.changed') }),
]);
export type LiveEvent = z.infer<typeof LiveEventSchema>;
export const LIVE_PATH = '/v1/events';
export const EVENT_STREAM = 'text/event-stream';
