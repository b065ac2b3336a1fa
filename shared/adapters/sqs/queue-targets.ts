import { SchedulerError } from '../../domain/errors.ts';

/** Where each work queue is, by its name in the configuration. */
export type QueueTargets = Readonly<Record<string, QueueTarget>>;
export interface QueueTarget {
  url: string;
  arn: string;
  dlqUrl: string;
  maxReceiveCount: number;
}

export const findTarget = (targets: QueueTargets, name: string): QueueTarget | undefined =>
  Object.hasOwn(targets, name) ? targets[name] : undefined;

export function targetOf(targets: QueueTargets, name: string): QueueTarget {
  const target = findTarget(targets, name);
  if (!target)
    throw new SchedulerError('not-found', `There is no queue ${name}`, { resource: 'queue', id: name });
  return target;
}
