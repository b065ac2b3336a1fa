import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AwsReply } from '../aws-endpoint.ts';
import { openFunctionLog } from '../lambda/function-log.ts';
import {
  busName,
  type EventBusPlan,
  type EventRulePlan,
  type EventTargetPlan,
} from '../template/plan-events.ts';
import { ACCOUNT_ID, REGION } from '../template/resource-types.ts';

/**
 * The event buses of a template, and those that its rules name: what matches a rule goes to its targets before the
 * sender gets an answer; everything is kept in a file for people to see.
 */
export interface EventBuses {
  call(operation: string, input: unknown): Promise<AwsReply>;
  close(): void;
}
export interface EventBusesOptions {
  plans: EventBusPlan[];
  rules: EventRulePlan[];
  /** Never rejects. */
  deliver(to: EventTargetPlan['to'], text: string, rule: EventRulePlan): Promise<void>;
  /** Of the log. */
  directory: string;
  nowMs(): number;
}

const Detail = z.string().transform((text, ctx) => {
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(text));
  } catch {
    ctx.addIssue({ code: 'custom', message: 'Detail is malformed.' });
    return z.NEVER;
  }
});
const Entry = z.object({
  EventBusName: z.string().default('default'),
  Source: z.string().min(1),
  DetailType: z.string().min(1),
  Detail,
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});
const PutEvents = z.object({ Entries: z.array(Entry).min(1).max(10) });

export function openEventBuses(q: EventBusesOptions): EventBuses {
  const file = openFunctionLog({ directory: q.directory, functionName: 'events', warn: () => {} });
  const known = new Set(['default', ...q.plans.map(({ name }) => name), ...q.rules.map(({ bus }) => bus)]);

  async function put(
    entry: z.infer<typeof Entry>,
  ): Promise<{ EventId: string } | { ErrorCode: string; ErrorMessage: string }> {
    const bus = busName(entry.EventBusName);
    if (!known.has(bus)) return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `no bus ${bus}` };
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': entry.DetailType,
      source: entry.Source,
      account: ACCOUNT_ID,
      time: new Date(entry.Time === undefined ? q.nowMs() : entry.Time * 1_000)
        .toISOString()
        .replace(/\.\d{3}Z$/, 'Z'),
      region: REGION,
      resources: entry.Resources,
      detail: entry.Detail,
    };
    file.note(JSON.stringify({ bus, ...event }));
    for (const rule of q.rules.filter((one) => one.bus === bus && one.matches(event)))
      for (const { to, render } of rule.targets) await q.deliver(to, render(event), rule);
    return { EventId: event.id };
  }

  return {
    async call(operation, input) {
      if (operation !== 'PutEvents')
        return fault('UnknownOperationException', `The embedded engine does not serve ${operation}`);
      const parsed = PutEvents.safeParse(input);
      if (!parsed.success) return fault('ValidationException', z.prettifyError(parsed.error));
      const results = await Promise.all(parsed.data.Entries.map(put));
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
