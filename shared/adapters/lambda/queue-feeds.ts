import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceConflictException,
  ResourceInUseException,
  TooManyRequestsException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { MAX_WORKERS } from '../../domain/limits.ts';
import type { QueueFeeds } from '../../flow-ports.ts';

/** Queue → the id of the event source mapping that feeds it to its executor. */
export type EventSources = Readonly<Record<string, { id: string }>>;

/** On its way from one state to the other it is, or will be, as it was asked to be. */
const ON = new Set(['Creating', 'Enabling', 'Enabled', 'Updating']);

export function makeQueueFeeds(client: LambdaClient, sources: EventSources): QueueFeeds {
  const idOf = (queue: string) => (Object.hasOwn(sources, queue) ? sources[queue]?.id : undefined);
  return {
    async look(queue) {
      const UUID = idOf(queue);
      if (UUID === undefined) return undefined;
      const { State, ScalingConfig } = await client.send(new GetEventSourceMappingCommand({ UUID }));
      return {
        enabled: ON.has(State ?? ''),
        workers: ScalingConfig?.MaximumConcurrency ?? MAX_WORKERS,
      };
    },

    /** Lambda takes no change while one is under way, and few in a second. */
    async set(queue, { enabled, workers }) {
      const UUID = idOf(queue);
      if (UUID === undefined) return false;
      const ScalingConfig = { MaximumConcurrency: workers };
      try {
        await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: enabled, ScalingConfig }));
        return true;
      } catch (error) {
        if (isNotNow(error)) return false;
        throw error;
      }
    },
  };
}

const isNotNow = (error: unknown): boolean =>
  error instanceof ResourceInUseException ||
  error instanceof ResourceConflictException ||
  error instanceof TooManyRequestsException;
