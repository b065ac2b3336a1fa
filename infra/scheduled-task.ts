import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { TaskInputSchema } from '../shared/contract/task.ts';
import type { DeclaredTasks } from './constructs/declared-tasks.ts';
import { problemsAtSynthesis } from './task-problems.ts';

/** What `PUT /v1/tasks/{id}` takes. */
export type TaskInput = z.input<typeof TaskInputSchema>;

export interface ScheduledTaskProps {
  /** The `Scheduler` that runs it, of this app. */
  scheduler: { readonly declaredTasks: DeclaredTasks };
  /** Of the task: 1 to 128 of A-Z a-z 0-9 . _ -. Another id later is another task, and the old one is deleted. */
  id: string;
  /** As `PUT /v1/tasks/{id}` takes it (docs/api.md). Strings in it may be known only at deployment. */
  task: TaskInput;
}

/** In the template; the embedded engine knows it by this name. */
const RESOURCE_TYPE = 'Custom::EscapementTask';
/** Lambda repeats what failed after one and two minutes. */
const PATIENCE = Duration.minutes(10);

/**
 * A task that comes, changes and goes with its stack:
 * `new ScheduledTask(this, 'Nightly', { scheduler: jobs, id: 'nightly', task: { name: 'Nightly', … } })`.
 * What the scheduler refuses fails the deployment, which then rolls back.
 */
export class ScheduledTask extends Construct {
  /** The task's id; another task that refers to it so is made after it: `onSuccess: [{ taskId: report.taskId }]`. */
  readonly taskId: string;

  constructor(scope: Construct, id: string, { scheduler, id: taskId, task }: ScheduledTaskProps) {
    super(scope, id);
    const { declaredTasks } = scheduler;
    const problems = problemsAtSynthesis(taskId, task, declaredTasks.queues);
    if (problems.length > 0)
      throw new Error(
        [`The task ${taskId} of ${this.node.path} has ${problems.length} problem(s):`, ...problems].join(
          '\n  ',
        ),
      );
    declaredTasks.add(taskId);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: declaredTasks.handler.lambda.functionArn,
      serviceTimeout: PATIENCE,
      properties: { Id: taskId, Task: Stack.of(this).toJsonString(task) },
    });
    for (const { lambda } of declaredTasks.executors) resource.node.addDependency(lambda);
    this.taskId = resource.ref;
  }
}
