import type { Assembly } from './assembly.ts';
import { type AccessPlan, planAccess } from './plan-access.ts';
import { type DeclarationPlan, planDeclarations } from './plan-declarations.ts';
import { type EventBusPlan, type EventRulePlan, planEventBuses, planEventRules } from './plan-events.ts';
import {
  type ClockPlan,
  type EventSourcePlan,
  type FunctionPlan,
  planClocks,
  planEventSources,
  planFunctions,
} from './plan-functions.ts';
import { type HttpApiPlan, planHttpApi } from './plan-http.ts';
import {
  planQueues,
  planSecrets,
  planTables,
  type QueuePlan,
  type SecretPlan,
  type TablePlan,
} from './plan-stores.ts';
import { resolveResources, type Surroundings } from './scope.ts';

/** What a template asks for, in terms of the embedded engine. */
export interface Plan {
  tables: TablePlan[];
  queues: QueuePlan[];
  eventBuses: EventBusPlan[];
  secrets: SecretPlan[];
  functions: FunctionPlan[];
  eventSources: EventSourcePlan[];
  clocks: ClockPlan[];
  eventRules: EventRulePlan[];
  httpApi: HttpApiPlan | undefined;
  declarations: DeclarationPlan[];
  /** Who may do what. */
  access: AccessPlan;
}

export function planStack(assembly: Assembly, around: Omit<Surroundings, 'stackName'>): Plan {
  const resources = resolveResources(assembly.template, { stackName: assembly.stackName, ...around });
  const functions = planFunctions(resources, assembly);
  const queues = planQueues(resources);
  return {
    tables: planTables(resources),
    queues,
    eventBuses: planEventBuses(resources),
    secrets: planSecrets(resources),
    functions,
    eventSources: planEventSources(resources, functions, queues),
    clocks: planClocks(resources, functions),
    eventRules: planEventRules(resources, functions, queues, around),
    httpApi: planHttpApi(resources, functions),
    declarations: planDeclarations(resources, functions),
    access: planAccess(resources, functions),
  };
}
