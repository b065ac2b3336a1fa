import { expect, it } from 'vitest';
import { manualExecution, unlessPaused } from '../../../shared/domain/execution-births.ts';
import { manualOccurrence } from '../../../shared/domain/occurrence.ts';
import type { Task } from '../../../shared/domain/task.ts';
import { makeSchedulerWorld, T0 } from '../../support/scheduler-world.ts';

it('a run that is not born because its task is paused has no deadline to miss', async () => {
  const task = await makeSchedulerWorld().addTask({ deadline: { seconds: 5, notify: true } });
  const paused: Task = { ...task, state: { ...task.state, status: 'paused' } };
  const key = { tenant: 'root', taskId: 'job', occurrence: manualOccurrence(T0, '0'.repeat(26)) };
  const asked = manualExecution(paused, key, { trigger: 'event', nowMs: T0 });
  expect(asked.deadline).toBeDefined();
  const born = unlessPaused(paused, asked, { nowMs: T0, retentionMs: 1_000 });
  expect(born).toMatchObject({ status: 'skipped', reason: 'paused' });
  expect(born).not.toHaveProperty('deadline');
});
