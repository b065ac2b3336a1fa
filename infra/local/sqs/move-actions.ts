import * as z from 'zod';
import { type Action, action } from './action.ts';
import { invalidParameter } from './errors.ts';
import { encodeHandle } from './move-tasks.ts';

export const moveActions: Readonly<Record<string, Action>> = {
  StartMessageMoveTask: action(
    z.object({
      SourceArn: z.string(),
      DestinationArn: z.string().optional(),
      MaxNumberOfMessagesPerSecond: z.number().int().optional(),
    }),
    (input, { moves }) => {
      const perSecond = input.MaxNumberOfMessagesPerSecond;
      if (perSecond !== undefined && (perSecond < 1 || perSecond > 500)) {
        throw invalidParameter('MaxNumberOfMessagesPerSecond', perSecond, 'Must be >= 1 and <= 500.');
      }
      const task = moves.start({
        sourceArn: input.SourceArn,
        destinationArn: input.DestinationArn,
        perSecond,
      });
      return { TaskHandle: encodeHandle(task) };
    },
  ),

  ListMessageMoveTasks: action(
    z.object({ SourceArn: z.string(), MaxResults: z.number().int().optional() }),
    (input, { moves }) => {
      const max = input.MaxResults ?? 1;
      if (max < 1 || max > 10) throw invalidParameter('MaxResults', max, 'Must be >= 1 and <= 10.');
      return {
        Results: moves
          .list(input.SourceArn)
          .slice(0, max)
          .map((task) => ({
            // Only a running task can be cancelled, so only it has a handle.
            TaskHandle: task.status === 'RUNNING' ? encodeHandle(task) : undefined,
            Status: task.status,
            SourceArn: task.sourceArn,
            DestinationArn: task.destinationArn,
            MaxNumberOfMessagesPerSecond: task.perSecond,
            ApproximateNumberOfMessagesMoved: task.moved,
            ApproximateNumberOfMessagesToMove: task.toMove,
            FailureReason: task.failureReason,
            StartedTimestamp: task.startedAt,
          })),
      };
    },
  ),

  CancelMessageMoveTask: action(z.object({ TaskHandle: z.string() }), (input, { moves }) => ({
    ApproximateNumberOfMessagesMoved: moves.cancel(input.TaskHandle).moved,
  })),
};
