import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { isThrottle } from '../../contract/handler-errors.ts';
import { busArnOf } from '../../domain/allowed-targets.ts';
import type { EventBridgeTarget } from '../../domain/target.ts';
import { isNotNowCode } from '../aws-errors.ts';
import { perRegion, type Send } from './call.ts';
import { failed } from './failure.ts';

/** Puts an event whose detail is the envelope. */
export function makeEventBridgeTarget(): Send<EventBridgeTarget> {
  const clientOf = perRegion((region) => new EventBridgeClient({ region }));
  return async ({ busName, detailType, source }, { body, allowed, signal }) => {
    const arn = busArnOf(busName, allowed) ?? '';
    const entry = { EventBusName: arn, DetailType: detailType, Source: source, Detail: body };
    const { Entries } = await clientOf(arn).send(new PutEventsCommand({ Entries: [entry] }), {
      abortSignal: signal,
    });
    const { EventId, ErrorCode, ErrorMessage } = Entries?.[0] ?? {};
    if (ErrorCode === undefined) return { kind: 'success', result: { eventId: EventId ?? null } };
    return failed(ErrorCode, ErrorMessage ?? 'EventBridge refused the event', {
      ...(isNotNowCode(ErrorCode) ? {} : { nonRetryable: true, unlessRuled: true }),
      ...(isThrottle({ name: ErrorCode }) ? { throttled: true } : {}),
    });
  };
}
