import type { CronSchedule, IntervalSchedule } from '../../shared/domain/schedule.ts';

/** `2026-03-29 01:00` and the like, read as UTC. */
export const utc = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);

export const cron = (
  expressions: string | string[],
  timezone = 'UTC',
  rest: Partial<CronSchedule<never>> = {},
): CronSchedule<never> => ({
  kind: 'cron',
  expressions: [expressions].flat(),
  timezone,
  jitterSeconds: 0,
  jitterOffsetMs: 0,
  ...rest,
});

export const every = (
  seconds: number,
  startAt: number,
  rest: Partial<IntervalSchedule<never>> = {},
): IntervalSchedule<never> => ({ kind: 'interval', seconds, startAt, ...rest });
