import * as z from 'zod';

/** What is read of a message of SQS, as it comes. SQS sends all of it; what is missing is no reason to bring the batch back. */
const RecordSchema = z.object({
  messageId: z.string().catch(''),
  receiptHandle: z.string().catch(''),
  body: z.string().catch(''),
  attributes: z
    .object({
      ApproximateReceiveCount: z
        .string()
        .regex(/^[1-9]\d{0,5}$/)
        .catch('1'),
    })
    .catch({ ApproximateReceiveCount: '1' }),
});
export type Received = z.infer<typeof RecordSchema>;

const EventSchema = z.object({ Records: z.array(z.unknown()) });
const NOTHING = RecordSchema.parse({});

/** Throws when it is no event of SQS at all: there is nothing then that could come back. */
export function recordsOf(event: unknown): Received[] {
  const parsed = EventSchema.safeParse(event);
  if (!parsed.success) throw new TypeError('not an event of SQS: it has no list of Records');
  return parsed.data.Records.map((record) => RecordSchema.catch(NOTHING).parse(record));
}
