import { type EventSource, type EventSourceOptions, startEventSource } from '../event-source.ts';
import type { EventSourcePlan } from '../template/plan-functions.ts';

/** The template's event source mappings: each as the template says, until somebody changes it. */
export interface EventSources {
  /** By its id; undefined when there is none. */
  find(id: string): MappingState | undefined;
  all(): MappingState[];
  update(id: string, change: MappingChange): MappingState | undefined;
  /** Begins to receive; until then changes are only remembered. */
  start(): void;
  /** Receives no more, and resolves when the running invocations have ended and are accounted for. */
  stop(): Promise<void>;
}
export interface MappingState {
  plan: EventSourcePlan;
  enabled: boolean;
  maximumConcurrency: number;
  modifiedAt: number;
}
export type MappingChange = Partial<Pick<MappingState, 'enabled' | 'maximumConcurrency'>>;

export interface EventSourcesOptions {
  plans: EventSourcePlan[];
  optionsOf(plan: EventSourcePlan): EventSourceOptions;
  /** So many invocations may run at once from now on. */
  resize(functionId: string, maximumConcurrency: number): void;
  nowMs(): number;
}

export function openEventSources({ plans, optionsOf, resize, nowMs }: EventSourcesOptions): EventSources {
  const states = new Map<string, MappingState>(
    plans.map((plan) => [
      plan.logicalId,
      { plan, enabled: plan.enabled, maximumConcurrency: plan.maximumConcurrency, modifiedAt: nowMs() },
    ]),
  );
  const running = new Map<string, EventSource>();
  /** Switched off, and still busy with what it had received. */
  const ending = new Set<Promise<void>>();
  let phase: 'before' | 'running' | 'over' = 'before';

  /** Makes it so. */
  function settle({ plan, enabled, maximumConcurrency }: MappingState): void {
    resize(plan.functionId, concurrencyOf(plan.functionId));
    if (phase !== 'running') return;
    const source = running.get(plan.logicalId);
    if (enabled && source) source.resize(maximumConcurrency);
    else if (enabled)
      running.set(plan.logicalId, startEventSource({ ...optionsOf(plan), maximumConcurrency }));
    else if (source) {
      running.delete(plan.logicalId);
      const end = source.stop().finally(() => ending.delete(end));
      ending.add(end);
    }
  }

  const concurrencyOf = (functionId: string): number =>
    [...states.values()]
      .filter(({ plan }) => plan.functionId === functionId)
      .reduce((sum, { maximumConcurrency }) => sum + maximumConcurrency, 0);

  return {
    find: (id) => states.get(id),
    all: () => [...states.values()],
    update(id, change) {
      const seen = states.get(id);
      if (!seen) return undefined;
      const state = { ...seen, ...change, modifiedAt: nowMs() };
      states.set(id, state);
      settle(state);
      return state;
    },
    start() {
      phase = 'running';
      for (const state of states.values()) settle(state);
    },
    async stop() {
      phase = 'over';
      await Promise.all([...[...running.values()].map((source) => source.stop()), ...ending]);
    },
  };
}
