import * as z from 'zod';
import type {
  DeadLetterGroupQuery,
  DeadLetterGroupWire,
  IgnoredFingerprintWire,
} from '../../contract/dead-letters.ts';
import { decodeCursor, encodeCursor, type PageQuery } from '../../contract/list-query.ts';
import type { IgnoredFingerprint } from '../../domain/dead-letter.ts';
import { byWeight, type DeathGroup, groupDeaths } from '../../domain/death-groups.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/execution.ts';
import { normalisedMessage } from '../../domain/fingerprint.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { ListPosition } from '../../domain/paged-list.ts';
import type { Principal } from '../../domain/principal.ts';
import { toIso } from '../../domain/time.ts';
import { type Death, readDeaths } from '../dead-letter/deaths.ts';
import type { ManageRunsDeps } from './context.ts';

const TASKS_SHOWN = 20;
const PATTERN_CHARS = 500;
const WIDTH = 20;

/** Counted anew with each request, so that a count is never wrong for longer than the index lags behind. */
export async function listDeadLetterGroups(
  deps: ManageRunsDeps,
  { tenant }: Principal,
  queue: string,
  { resolution, limit, cursor }: DeadLetterGroupQuery,
): Promise<{ items: DeadLetterGroupWire[]; nextCursor: string | null }> {
  const list = `dead-groups/${queue}/${resolution}`;
  const after = placeOf(decodeCursor(list, cursor));
  const closed = resolution !== 'open';
  const { deaths, complete } = await readDeaths(deps, { tenant, queue, closed });
  const asked = closed ? deaths.filter((death) => death.resolution === resolution) : deaths;
  const groups = groupDeaths(asked).filter((group) => !after || byWeight(after, group) < 0);
  const shown = groups.slice(0, limit);
  const [samples, rules] = await Promise.all([
    deps.listings.readExecutions(shown.map(({ newest }) => newest)),
    mapBounded(shown, WIDTH, ({ fingerprint }) =>
      deps.deadLetters.readIgnored({ tenant, queue, fingerprint }),
    ),
  ]);
  const byId = new Map(samples.map((run) => [executionId(run), run]));
  const last = shown.at(-1);
  return {
    items: shown.map((group, at) => ({
      ...wireOf(group, byId.get(executionId(group.newest)), rules[at]),
      queue,
      atLeast: !complete,
    })),
    nextCursor: last && groups.length > limit ? encodeCursor(list, positionOf(last)) : null,
  };
}

function wireOf(
  { fingerprint, count, firstAt, lastAt, taskIds, newest }: DeathGroup<Death>,
  run: Execution | undefined,
  rule: IgnoredFingerprint | undefined,
): Omit<DeadLetterGroupWire, 'queue' | 'atLeast'> {
  return {
    fingerprint,
    count,
    firstSeenAt: toIso(firstAt),
    lastSeenAt: toIso(lastAt),
    tasks: taskIds.size,
    taskIds: [...taskIds].slice(0, TASKS_SHOWN),
    sample:
      run?.status === 'dead'
        ? {
            executionId: executionId(newest),
            taskId: run.taskId,
            taskName: run.taskName,
            errorType: run.errorType ?? null,
            errorMessage: run.errorMessage ?? null,
            pattern: normalisedMessage(run.errorMessage ?? '').slice(0, PATTERN_CHARS),
          }
        : null,
    ignored: rule ? said(rule) : null,
  };
}

const said = ({ at, by, note }: IgnoredFingerprint) => ({ at: toIso(at), by, note: note ?? null });

/** What is ignored at birth, by fingerprint. */
export async function listIgnored(
  deps: ManageRunsDeps,
  { tenant }: Principal,
  queue: string,
  { limit, cursor }: PageQuery,
): Promise<{ items: IgnoredFingerprintWire[]; nextCursor: string | null }> {
  const list = `ignored/${queue}`;
  const from = decodeCursor(list, cursor)?.ignored;
  const { entries, next } = await deps.deadLetters.listIgnored({
    tenant,
    queue,
    limit,
    ...(from ? { from } : {}),
  });
  return {
    items: entries.map((rule) => ({ fingerprint: rule.fingerprint, queue, ...said(rule) })),
    nextCursor: next === undefined ? null : encodeCursor(list, { ignored: next }),
  };
}

/** The last group given out; those before it may have grown or gone since. */
const Place = z.object({ count: z.coerce.number(), lastAt: z.coerce.number(), fingerprint: z.string() });

const positionOf = ({ count, lastAt, fingerprint }: DeathGroup<Death>): ListPosition => ({
  count: String(count),
  lastAt: String(lastAt),
  fingerprint,
});

function placeOf(position: ListPosition | undefined): z.output<typeof Place> | undefined {
  if (position === undefined) return undefined;
  const place = Place.safeParse(position);
  if (place.success) return place.data;
  throw new SchedulerError('validation-failed', 'The cursor is not one of this list', {
    errors: [{ path: 'cursor', message: 'not a cursor of this list' }],
  });
}
