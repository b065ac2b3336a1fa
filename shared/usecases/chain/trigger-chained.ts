import { createHash } from 'node:crypto';
import { chainedRun, chainSeed, linksOf } from '../../domain/chain.ts';
import type { ChainLink, ChainOutcome } from '../../domain/chain-link.ts';
import type { Execution } from '../../domain/execution.ts';
import { MAX_CHAIN_DEPTH } from '../../domain/limits.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { TaskDefinition } from '../../domain/task.ts';
import type { DurationMs, EpochMs } from '../../domain/time.ts';
import type { Clock, ExecutionStore, Log, TaskStore, WorkQueues } from '../../ports.ts';
import type { DeadLetterStore } from '../../tenant-ports.ts';
import { hintAt } from '../run-execution/context.ts';

export interface ChainDeps {
  clock: Clock;
  tasks: TaskStore;
  executions: ExecutionStore;
  queues: WorkQueues;
  deadLetters: DeadLetterStore;
  log: Log;
  retentionMs: DurationMs;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TOKEN_CHARS = 26;

/**
 * One run for each link of the outcome. It is inserted under a key made of the outcome, so whoever repeats this after
 * a crash inserts nothing twice. Rejects when a store is away: then the outcome is not settled, and comes again.
 */
export async function triggerChained(
  deps: ChainDeps,
  definition: TaskDefinition,
  run: Execution,
  outcome: ChainOutcome,
  at: EpochMs,
): Promise<void> {
  for (const [place, link] of linksOf(definition, outcome).entries()) {
    await triggerLink(deps, run, { outcome, at, place, link });
  }
}

async function triggerLink(
  deps: ChainDeps,
  run: Execution,
  q: { outcome: ChainOutcome; at: EpochMs; place: number; link: ChainLink },
): Promise<void> {
  const say = { executionId: executionId(run), taskId: q.link.taskId };
  if ((run.upstream?.depth ?? 0) >= MAX_CHAIN_DEPTH) {
    deps.log.error('chain too long: probably a circle, so it ends here', say);
    return;
  }
  const target = await deps.tasks.read({ tenant: run.tenant, taskId: q.link.taskId });
  if (!target || target.state.status === 'deleted') {
    deps.log.warn('the task to trigger is gone', say);
    return;
  }
  const nowMs = deps.clock.nowMs();
  const token = tokenOf(chainSeed(run, q.outcome, q.place, q.link));
  const chained = chainedRun(target, run, { ...q, token, nowMs, retentionMs: deps.retentionMs });
  if (chained.payloadStored && q.link.payload !== undefined)
    await deps.executions.putDocument(chained, 'payload', q.link.payload, nowMs + 2 * deps.retentionMs);
  const inserted = await deps.executions.insert(chained);
  // One that stands may have lost its hint with whoever inserted it, but it is in the index.
  if (inserted.ok && chained.status === 'queued')
    await hintAt(deps, chained, { queue: chained.queue, at: nowMs });
}

/** 130 bits of a hash, in the letters of a ULID. */
function tokenOf(seed: string): string {
  const digest = createHash('sha256').update(seed).digest();
  return Array.from(digest.subarray(0, TOKEN_CHARS), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
