import { parseAll } from '../contract/problems.ts';
import { calendarIdsIn, resolveSchedule } from '../contract/resolve-schedule.ts';
import { ScheduleSchema } from '../contract/schedule.ts';
import { SchedulerError } from '../domain/errors.ts';
import { DEFAULT_MISFIRE_GRACE_SECONDS } from '../domain/limits.ts';
import { occurrences } from '../domain/next-occurrence.ts';
import type { Principal } from '../domain/principal.ts';
import { isRecurring } from '../domain/schedule.ts';
import { describeSchedule } from '../domain/schedule-description.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Clock } from '../ports.ts';
import type { TimetableDeps } from './calendars/read-timetable.ts';

/** What creating a task with this schedule would say and do. Jitter depends on the task's id and is left out. */
export async function previewSchedule(
  deps: TimetableDeps & { clock: Clock },
  { tenant }: Principal,
  { schedule: input, count }: { schedule: unknown; count: number },
): Promise<{ occurrences: EpochMs[]; description: string }> {
  const nowMs = deps.clock.nowMs();
  const shape = parseAll(ScheduleSchema, input, 'schedule');
  if (!shape.ok) throw invalid(shape.errors);
  const resolved = resolveSchedule(shape.value, {
    nowMs,
    tenant,
    taskId: 'preview',
    misfireGraceSeconds: DEFAULT_MISFIRE_GRACE_SECONDS,
    calendars: await deps.calendars.readMany(tenant, calendarIdsIn(shape.value)),
  });
  if (!resolved.ok) throw invalid(resolved.errors);
  const { schedule, timetable } = resolved;
  const unmoved = 'jitterOffsetMs' in timetable ? { ...timetable, jitterOffsetMs: 0 } : timetable;
  return {
    occurrences: isRecurring(unmoved) ? occurrences(unmoved, nowMs, count) : [unmoved.at],
    description: describeSchedule(schedule),
  };
}

const invalid = (errors: { path: string; message: string }[]) =>
  new SchedulerError('validation-failed', 'The schedule is not valid: see errors', { errors });
