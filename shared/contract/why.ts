import * as z from 'zod';
import { toIso } from '../domain/time.ts';
import type { Why } from '../domain/why.ts';
import { RUN_GATES } from '../domain/why-run-facts.ts';
import { TASK_GATES } from '../domain/why-task.ts';
import { InstantSchema } from './text.ts';

const whyOf = <G extends string>(gates: readonly G[], id: string) =>
  z
    .strictObject({
      sentence: z.string().describe('for people; its instants are local ones of the schedule’s zone'),
      gate: z.enum(gates).describe('what holds it, or how it ended; more may come'),
      since: InstantSchema.exactOptional(),
      until: InstantSchema.exactOptional().describe('when this gate opens, or how long it may take'),
      facts: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
        .describe('what the sentence says, by name; which there are depends on the gate'),
    })
    .meta({ id });

export const TaskWhySchema = whyOf(TASK_GATES, 'TaskWhy');
export type TaskWhyWire = z.infer<typeof TaskWhySchema>;
export const ExecutionWhySchema = whyOf(RUN_GATES, 'ExecutionWhy');
export type ExecutionWhyWire = z.infer<typeof ExecutionWhySchema>;

export const whyToWire = <G extends string>({ sentence, gate, since, until, facts }: Why<G>) => ({
  sentence,
  gate,
  ...(since === undefined ? {} : { since: toIso(since) }),
  ...(until === undefined ? {} : { until: toIso(until) }),
  facts: Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)),
});
