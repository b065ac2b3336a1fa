import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, LifecycleEventSchema } from '../../contract/events.ts';
import { isCode } from '../../domain/errors.ts';
import { fromIso } from '../../domain/time.ts';
import type { Events, Log } from '../../ports.ts';
import { isNotNowCode, translated, unavailable } from '../aws-errors.ts';

/**
 * What the bus refuses for good (it is gone, or we may not) is an error in the log and no reason to try again: nothing
 * else must wait for a bus that does not come back.
 */
export function makeEvents(q: {
  client: EventBridgeClient;
  bus: string;
  /** Also tell of every success. */
  success: boolean;
  log: Log;
}): Events {
  const refused = (id: string, type: string, error: string) =>
    q.log.error('the event bus refused an event; it is lost', { bus: q.bus, type, id, error });
  return {
    async publish(event) {
      if (event.type === 'run.succeeded' && !q.success) return;
      const { type, id, at } = event;
      const entry = {
        EventBusName: q.bus,
        Source: EVENT_SOURCE,
        DetailType: type,
        Time: new Date(fromIso(at)),
        // Through the schema, so that nothing goes out that is not documented.
        Detail: JSON.stringify(LifecycleEventSchema.parse(event)),
      };
      const reply = await translated('eventbridge', () =>
        q.client.send(new PutEventsCommand({ Entries: [entry] })),
      ).catch((error: unknown) => {
        if (isCode(error, 'unavailable')) throw error;
        refused(id, type, String(error));
      });
      const code = reply?.Entries?.[0]?.ErrorCode;
      if (code === undefined) return;
      if (isNotNowCode(code)) throw unavailable('eventbridge', new Error(code));
      refused(id, type, code);
    },
  };
}

/** Of a deployment without a bus. */
export const noEvents: Events = { publish: async () => {} };
