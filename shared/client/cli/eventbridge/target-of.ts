import type { Target as SchedulerTarget } from '@aws-sdk/client-scheduler';
import type { Task } from '../../client.ts';
import { inputOf } from './input.ts';
import type { Handlers } from './mapping.ts';
import type { Differs } from './parts.ts';
import { arnOf } from './targets.ts';
import { Unmapped } from './unmapped.ts';

/** Where a task's runs go, and with what, as EventBridge Scheduler says it. */
export function targetOf(
  task: Task,
  handlers: Handlers,
  roleArn: string | undefined,
  differs: Differs,
): SchedulerTarget {
  const arn = arnFor(task, handlers);
  if (roleArn === undefined)
    throw new Unmapped(`a new target needs a role that may use ${arn}: --role-arn arn:aws:iam::…:role/…`);
  const { target } = task;
  if (target !== undefined) differs('target', 'it gets the payload alone, without the envelope');
  const parameters =
    target?.type === 'eventbridge'
      ? { EventBridgeParameters: { DetailType: target.detailType, Source: target.source } }
      : arn.startsWith('arn:aws:sqs:') && arn.endsWith('.fifo')
        ? { SqsParameters: { MessageGroupId: task.id } }
        : {};
  return { Arn: arn, RoleArn: roleArn, Input: inputOf(task.payload), ...parameters };
}

function arnFor({ handler, target }: Task, handlers: Handlers): string {
  if (handler !== undefined) {
    const [arn] = [...handlers].find(([, name]) => name === handler) ?? [];
    if (arn !== undefined) return arn;
    throw new Unmapped(
      `the handler ${handler} is of this deployment; --handler <arn>=${handler} names what does the same there`,
    );
  }
  const arn = target && arnOf(target);
  if (arn?.startsWith('arn:')) return arn;
  throw new Unmapped(`a target of type ${target?.type} that no ARN names`);
}

/** What a schedule there has nothing for. */
export function otherDifferences(task: Task, differs: Differs): void {
  const links = [...(task.onSuccess ?? []), ...(task.onFailure ?? []), ...(task.onDead ?? [])];
  if (links.length > 0)
    throw new Unmapped(
      `it triggers ${links.map(({ taskId }) => taskId).join(', ')}, which nothing does there`,
    );
  if (task.stop !== undefined) throw new Unmapped('stop rules: there is nothing there that counts runs');
  if (task.overlap !== 'allow') differs('overlap', `${task.overlap}: there runs do not wait for each other`);
  if ((task.concurrency?.length ?? 0) > 0 || (task.rateLimit?.length ?? 0) > 0)
    differs('limits', 'concurrency and rate limits are left behind');
  if ((task.retry.rules?.length ?? 0) > 0) differs('retries', 'rules are left behind');
}
