import { type Client, ProblemError, type TaskInput } from '../client.ts';
import { bounded } from './bounded.ts';
import type { Step } from './plan.ts';

const AT_ONCE = 8;
const PRECONDITION_FAILED = 412;

export interface Outcome {
  id: string;
  action: Step['action'];
  /** Why it could not be done. */
  error?: string;
}

type Write = Extract<Step, { action: 'added' | 'changed' }>;

/**
 * Tasks that others trigger come before those. Each write holds only if the task is still what the plan was made of. What
 * nobody wants any more goes last, and only after everything else succeeded.
 */
export async function carryOut(client: Client, plan: readonly Step[], prune: boolean): Promise<Outcome[]> {
  const writes = plan.filter((step) => step.action === 'added' || step.action === 'changed');
  const outcomes: Outcome[] = [];
  for (const layer of layersOf(writes))
    outcomes.push(...(await bounded(layer, AT_ONCE, (step) => outcomeOf(step, () => write(client, step)))));
  if (!prune || outcomes.some(({ error }) => error !== undefined)) return outcomes;
  const orphans = plan.filter((step) => step.action === 'orphaned');
  const deleted = await bounded(orphans, AT_ONCE, (step) =>
    outcomeOf(step, () => client.tasks.delete(step.id, { ifVersion: step.before.version })),
  );
  return [...outcomes, ...deleted];
}

async function write(client: Client, step: Write): Promise<unknown> {
  const guard = step.action === 'added' ? { ifAbsent: true } : { ifVersion: step.before.version };
  try {
    return await client.tasks.put(step.id, step.input, guard);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== PRECONDITION_FAILED) throw error;
    // Perhaps our own write, whose answer was lost and which was repeated.
    const now = await client.tasks.put(step.id, step.input, { dryRun: true });
    const stands = await client.tasks.get(step.id).catch(() => undefined);
    if (stands?.version === now.version) return now;
    throw new Error('somebody else changed it since the plan was made; apply again');
  }
}

async function outcomeOf({ id, action }: Step, work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return { id, action };
  } catch (error) {
    return { id, action, error: error instanceof Error ? error.message : String(error) };
  }
}

const triggered = ({ onSuccess = [], onFailure = [], onDead = [] }: TaskInput): string[] =>
  [...onSuccess, ...onFailure, ...onDead].map(({ taskId }) => taskId);

/** Within a layer none triggers another. A circle ends up in the last one, where the deployment says what is wrong. */
export function layersOf(writes: readonly Write[]): Write[][] {
  const layers: Write[][] = [];
  let rest = [...writes];
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ id }) => id));
    const ready = rest.filter(({ input }) => !triggered(input).some((id) => waiting.has(id)));
    const layer = ready.length > 0 ? ready : rest;
    layers.push(layer);
    rest = rest.filter((step) => !layer.includes(step));
  }
  return layers;
}
