import * as z from 'zod';
import type { AwsReply } from '../aws-endpoint.ts';
import { arn } from '../template/resource-types.ts';
import type { EventSources, MappingState } from './event-sources.ts';

/** What of Lambda's API is served here: looking at event source mappings and changing them. */
const Id = z.object({ UUID: z.string() });
const Filter = z.object({ EventSourceArn: z.string().optional(), FunctionName: z.string().optional() });
const Change = z.strictObject({
  UUID: z.string(),
  Enabled: z.boolean().optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: z.int().min(2).max(1_000).optional() }).optional(),
});

export interface MappedFunction {
  logicalId: string;
  name: string;
  arn: string;
}

export function lambdaControlPlane(sources: EventSources, functions: readonly MappedFunction[]) {
  const functionOf = ({ plan }: MappingState) =>
    functions.find(({ logicalId }) => logicalId === plan.functionId);

  const shown = (state: MappingState, pending?: 'Updating' | 'Enabling' | 'Disabling') => ({
    UUID: state.plan.logicalId,
    EventSourceMappingArn: arn('lambda', `event-source-mapping:${state.plan.logicalId}`),
    EventSourceArn: state.plan.queue.arn,
    FunctionArn: functionOf(state)?.arn,
    BatchSize: state.plan.batchSize,
    MaximumBatchingWindowInSeconds: state.plan.batchWindowSeconds,
    FunctionResponseTypes: state.plan.reportBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    ScalingConfig: { MaximumConcurrency: state.maximumConcurrency },
    State: pending ?? (state.enabled ? 'Enabled' : 'Disabled'),
    StateTransitionReason: 'USER_INITIATED',
    LastModified: state.modifiedAt / 1_000,
  });

  return async (operation: string, input: unknown): Promise<AwsReply> => {
    switch (operation) {
      case 'ListEventSourceMappings': {
        const { EventSourceArn, FunctionName } = Filter.parse(input);
        const found = sources
          .all()
          .filter((state) => EventSourceArn === undefined || state.plan.queue.arn === EventSourceArn)
          .filter((state) => {
            const fn = functionOf(state);
            return FunctionName === undefined || FunctionName === fn?.name || FunctionName === fn?.arn;
          });
        return { statusCode: 200, body: { EventSourceMappings: found.map((state) => shown(state)) } };
      }
      case 'GetEventSourceMapping': {
        const { UUID } = Id.parse(input);
        const state = sources.find(UUID);
        return state ? { statusCode: 200, body: shown(state) } : notFound();
      }
      case 'UpdateEventSourceMapping': {
        const change = Change.safeParse(input);
        if (!change.success) return invalid(z.prettifyError(change.error));
        const { UUID, Enabled, ScalingConfig } = change.data;
        const before = sources.find(UUID);
        const state = sources.update(UUID, {
          ...(Enabled === undefined ? {} : { enabled: Enabled }),
          ...(ScalingConfig?.MaximumConcurrency === undefined
            ? {}
            : { maximumConcurrency: ScalingConfig.MaximumConcurrency }),
        });
        if (!state || !before) return notFound();
        const isSame = state.enabled === before.enabled;
        return {
          statusCode: 202,
          body: shown(state, isSame ? 'Updating' : state.enabled ? 'Enabling' : 'Disabling'),
        };
      }
      default:
        return fault(
          400,
          'InvalidParameterValueException',
          `The embedded engine does not serve ${operation}`,
        );
    }
  };
}

const fault = (statusCode: number, type: string, message: string): AwsReply => ({
  statusCode,
  headers: { 'x-amzn-errortype': type },
  body: { Type: 'User', Message: message, message },
});
const notFound = () => fault(404, 'ResourceNotFoundException', 'The resource you requested does not exist.');
const invalid = (message: string) => fault(400, 'InvalidParameterValueException', message);
