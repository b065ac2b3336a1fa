import type { Task } from '../../../../../../shared/client/client.ts';

/** The zone that a task's schedule counts in; undefined where it has none. */
export const zoneOf = ({ schedule }: Pick<Task, 'schedule'>): string | undefined =>
  'timezone' in schedule ? schedule.timezone : undefined;
