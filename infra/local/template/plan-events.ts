import * as z from 'zod';
import { compilePattern, type Matches } from '../events/pattern.ts';
import { compileInput, type Render, TargetInputSchema } from '../events/target-input.ts';
import { type Json, TemplateError } from './intrinsics.ts';
import type { FunctionPlan } from './plan-functions.ts';
import type { QueuePlan } from './plan-stores.ts';
import { parseAll } from './properties.ts';
import type { Resource, Surroundings } from './scope.ts';

export interface EventBusPlan {
  name: string;
  arn: string;
}
/** A rule that waits for events; those that wait for the clock are ClockPlans. */
export interface EventRulePlan {
  logicalId: string;
  arn: string;
  /** Name of the bus. */
  bus: string;
  matches: Matches;
  targets: EventTargetPlan[];
}
export interface EventTargetPlan {
  to: { kind: 'queue'; arn: string; url: string } | { kind: 'function'; functionId: string };
  render: Render;
}

export const planEventBuses = (resources: Resource[]): EventBusPlan[] =>
  resources.filter(({ type }) => type === 'AWS::Events::EventBus').map(({ name, arn }) => ({ name, arn }));

const RuleSchema = z.object({
  EventPattern: z.union([z.json(), z.string()]).optional(),
  EventBusName: z.string().default('default'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(TargetInputSchema.extend({ Arn: z.string() })).default([]),
});

export function planEventRules(
  resources: Resource[],
  functions: FunctionPlan[],
  queues: QueuePlan[],
  { leaveOut }: Pick<Surroundings, 'leaveOut'>,
): EventRulePlan[] {
  const rules = parseAll(resources, 'AWS::Events::Rule', RuleSchema);
  return rules.flatMap(({ resource, properties: { EventPattern, EventBusName, State, Targets } }) => {
    if (EventPattern === undefined || State === 'DISABLED') return [];
    const { logicalId, name, arn } = resource;
    const targets = Targets.flatMap((target, i): EventTargetPlan[] => {
      const where = `${logicalId}.Targets[${i}]`;
      const to = destination(target.Arn, functions, queues);
      if (to) return [{ to, render: compileInput(target, { name, arn }, where) }];
      if (!leaveOut)
        throw new TemplateError(`${where}: ${target.Arn} is no queue or function of this template`);
      leaveOut(where, `a target such as ${target.Arn}`);
      return [];
    });
    const matches = compilePattern(EventPattern as Json, `${logicalId}.EventPattern`);
    return [{ logicalId, arn, bus: busName(EventBusName), matches, targets }];
  });
}

function destination(
  arn: string,
  functions: FunctionPlan[],
  queues: QueuePlan[],
): EventTargetPlan['to'] | undefined {
  const queue = queues.find((one) => one.arn === arn);
  if (queue) return { kind: 'queue', arn, url: queue.url };
  const fn = functions.find((one) => one.arn === arn);
  return fn && { kind: 'function', functionId: fn.logicalId };
}

/** Buses go by name or ARN. */
export const busName = (reference: string): string => reference.replace(/^arn:.*:event-bus\//, '');
