import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AwsReply } from './aws-endpoint.ts';
import { openFunctionLog } from './lambda/function-log.ts';
import type { EventBusPlan } from './template/plan-stores.ts';

/** The event buses of a template: nobody subscribes on a laptop, so what comes is kept in a file for people to see. */
export interface EventBuses {
  call(operation: string, input: unknown): AwsReply;
  close(): void;
}

const PutEvents = z.object({
  Entries: z
    .array(
      z.object({
        EventBusName: z.string(),
        Source: z.string().min(1),
        DetailType: z.string().min(1),
        Detail: z.string().transform((text, ctx): unknown => {
          try {
            return JSON.parse(text);
          } catch {
            ctx.addIssue({ code: 'custom', message: 'Detail is malformed.' });
            return z.NEVER;
          }
        }),
        Time: z.number().optional(),
      }),
    )
    .min(1)
    .max(10),
});

export function openEventBuses(q: { plans: EventBusPlan[]; directory: string; nowMs(): number }): EventBuses {
  const file = openFunctionLog({ directory: q.directory, functionName: 'events', warn: () => {} });
  const isKnown = (bus: string) => q.plans.some(({ name, arn }) => bus === name || bus === arn);
  return {
    call(operation, input) {
      if (operation !== 'PutEvents')
        return fault('UnknownOperationException', `The embedded engine does not serve ${operation}`);
      const parsed = PutEvents.safeParse(input);
      if (!parsed.success) return fault('ValidationException', z.prettifyError(parsed.error));
      const results = parsed.data.Entries.map(({ EventBusName: bus, Source, DetailType, Detail, Time }) => {
        if (!isKnown(bus)) return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `no bus ${bus}` };
        const id = randomUUID();
        const time = new Date(Time === undefined ? q.nowMs() : Time * 1_000).toISOString();
        const line = { id, time, bus, source: Source, 'detail-type': DetailType, detail: Detail };
        file.note(JSON.stringify(line));
        return { EventId: id };
      });
      const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
      return { statusCode: 200, body: { FailedEntryCount, Entries: results } };
    },
    close: () => file.close(),
  };
}

const fault = (type: string, message: string): AwsReply => ({
  statusCode: 400,
  body: { __type: type, message },
});
