import type { CanaryWire, RedriveInput, RedriveWire } from '../../contract/dead-letters.ts';
import type { Canary } from '../../domain/dead-letter.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/execution.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import { toIso } from '../../domain/time.ts';
import { checked, patchedBy } from '../dead-letter/edited-payload.ts';
import { type Edit, reviveRun } from '../dead-letter/revive.ts';
import {
  type Choice,
  type Chosen,
  chosenLetters,
  doneWithEach,
  outcomeOf,
  requireLetter,
} from './chosen-letters.ts';
import { type ManageRunsDeps, requireLiveTask, requireRun, runKey } from './context.ts';

const WIDTH = 20;

/** The runs named, those of a fingerprint, or all: each again under its id, or one of them first. */
export async function redriveLetters(
  deps: ManageRunsDeps,
  principal: Principal,
  queue: string,
  { ids, fingerprint, canary, payloadPatch }: RedriveInput,
): Promise<RedriveWire> {
  const choice: Choice = { tenant: principal.tenant, queue, ids, fingerprint };
  const edit = payloadPatch && checked(deps, patchedBy(deps, payloadPatch));
  const chosen = await chosenLetters(deps, choice, false);
  if (canary) return redriveCanary(deps, principal, { choice, chosen, edit, payloadPatch });
  const require = requireLetter(choice, 'redrive');
  const done = await doneWithEach(chosen, (id) => reviveRun(deps, runKey(principal, id), { require, edit }));
  return { ...done, canary: null };
}

/**
 * What waits is stored before the first run goes, so that whoever writes its success finds it, whatever became of us.
 * Those that could not run again anyway are told at once, and wait for nothing.
 */
async function redriveCanary(
  deps: ManageRunsDeps,
  principal: Principal,
  q: {
    choice: Choice;
    chosen: Chosen;
    edit: Edit | undefined;
    payloadPatch: RedriveInput['payloadPatch'];
  },
): Promise<RedriveWire> {
  const { tenant, actor } = principal;
  const require = requireLetter(q.choice, 'redrive');
  const ready = new Map<string, Execution>();
  const items = await mapBounded(q.chosen.wanted, WIDTH, (wanted) =>
    outcomeOf(wanted, async () => {
      const seen = await requireRun(deps, runKey(principal, wanted));
      require(seen);
      const task = await requireLiveTask(deps, principal, seen.taskId);
      await q.edit?.(task, seen);
      ready.set(wanted, seen);
    }),
  );
  const refused = items.filter(({ ok }) => !ok);
  const { remaining } = q.chosen;
  const told = { more: remaining > 0, remaining };
  const at = deps.clock.nowMs();
  const id = deps.ids.ulid(at);
  // In the order asked for, which is not the one in which they were read.
  const candidates = items.filter(({ ok }) => ok);
  for (const [place, { id: first }] of candidates.entries()) {
    const waiting = candidates.slice(place + 1).map((item) => ({
      executionId: item.id,
      epoch: ready.get(item.id)?.epoch ?? 0,
    }));
    const patch = q.payloadPatch === undefined ? {} : { payloadPatch: JSON.stringify(q.payloadPatch) };
    const record: Canary = {
      tenant,
      id,
      queue: q.choice.queue,
      executionId: first,
      waiting,
      ...patch,
      at,
      by: actor,
    };
    await deps.deadLetters.putCanary(record, at + deps.retentionMs);
    const outcome = await outcomeOf(first, () =>
      reviveRun(deps, runKey(principal, first), { require, edit: q.edit, canary: id }),
    );
    if (outcome.ok) {
      const canary = { id, executionId: first, waiting: waiting.length };
      return { count: 1, items: [outcome, ...refused], ...told, canary };
    }
    refused.push(outcome);
  }
  return { count: 0, items: refused, ...told, canary: null };
}

/** How it went is asked of its run, and of those that wait: there is nothing to keep in step. */
export async function findCanary(
  deps: ManageRunsDeps,
  principal: Principal,
  queue: string,
  id: string,
): Promise<CanaryWire> {
  const canary = await deps.deadLetters.readCanary(principal.tenant, id);
  if (canary?.queue !== queue)
    throw new SchedulerError('not-found', `There is no canary ${id} of queue ${queue}`, {
      resource: 'canary',
      id,
    });
  const run = await deps.executions.read(runKey(principal, canary.executionId));
  const epochs = new Map(canary.waiting.map(({ executionId: waiting, epoch }) => [waiting, epoch]));
  const runs = await deps.listings.readExecutions(
    [...epochs.keys()].map((waiting) => runKey(principal, waiting)),
  );
  const waits = (seen: Execution) => seen.status === 'dead' && seen.epoch === epochs.get(executionId(seen));
  return {
    id,
    queue,
    executionId: canary.executionId,
    ...stateOf(canary, run),
    total: canary.waiting.length,
    waiting: runs.filter(waits).length,
    at: toIso(canary.at),
    by: canary.by,
  };
}

function stateOf({ id }: Canary, run: Execution | undefined): Pick<CanaryWire, 'state' | 'reason'> {
  if (run?.canary !== id)
    return { state: 'held', reason: 'its run was started anew by itself, or never began' };
  switch (run.status) {
    case 'queued':
    case 'running':
    case 'retrying':
      return { state: 'running', reason: null };
    case 'success':
      return { state: run.aftermath === 'pending' ? 'releasing' : 'released', reason: null };
    default:
      return {
        state: 'held',
        reason: [`its run is ${run.status}`, run.errorMessage ?? run.reason].join(': '),
      };
  }
}
