import { TASK_ID } from '../../shared/contract/text.ts';
import { SchedulerError } from '../../shared/domain/errors.ts';
import type { RawRequest } from './route.ts';

/** An id that no task can have: to read, it is not there; to write, it is wrong (see PUT). */
export function taskIdOf({ params }: Pick<RawRequest, 'params'>): string {
  const id = params.id ?? '';
  if (TASK_ID.test(id)) return id;
  throw new SchedulerError('not-found', 'There is no such task', { resource: 'task', id });
}
