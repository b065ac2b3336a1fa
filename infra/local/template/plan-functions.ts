import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Assembly } from './assembly.ts';
import { TemplateError } from './intrinsics.ts';
import type { QueuePlan } from './plan-stores.ts';
import { bool, int, parseAll, unsupported } from './properties.ts';
import type { Resource } from './scope.ts';

export interface FunctionPlan {
  logicalId: string;
  name: string;
  arn: string;
  roleArn: string;
  /** Directory of the unpacked asset: the function's working directory. */
  codeDirectory: string;
  modulePath: string;
  exportName: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  /** Of the JSON log format: what the runtime and loggers let through. */
  logLevel: string | undefined;
  /** Most environments at once, from ReservedConcurrentExecutions. */
  reservedConcurrency: number | undefined;
  asyncRetries: number;
  asyncMaxAgeSeconds: number;
}
export interface EventSourcePlan {
  logicalId: string;
  functionId: string;
  queue: QueuePlan;
  batchSize: number;
  batchWindowSeconds: number;
  reportBatchItemFailures: boolean;
  maximumConcurrency: number;
  enabled: boolean;
}
export interface ClockPlan {
  logicalId: string;
  arn: string;
  kind: 'rule' | 'schedule';
  /** cron(...) or rate(...) */
  expression: string;
  functionId: string;
  /** In whose name the function is called; a rule without one needs the function's own permission. */
  roleArn: string | undefined;
  /** JSON text given to the function in place of the usual event. */
  input: string | undefined;
}

/** SQS pollers of Lambda start with five and grow; without a maximum we stop here. */
const DEFAULT_EVENT_SOURCE_CONCURRENCY = 10;

const FunctionSchema = z.object({
  Code: z.object({ S3Key: z.string({ error: 'only functions bundled as assets are supported' }) }),
  Handler: z.string(),
  Role: z.string(),
  Runtime: z.string().startsWith('nodejs', 'only nodejs runtimes are supported'),
  Timeout: int.default(3),
  MemorySize: int.default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: int.optional(),
  LoggingConfig: z.object({ ApplicationLogLevel: z.string().optional() }).optional(),
  Layers: unsupported('Layers'),
  FileSystemConfigs: unsupported('FileSystemConfigs'),
});
const InvokeConfigSchema = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: int.default(2),
  MaximumEventAgeInSeconds: int.default(21_600),
  DestinationConfig: unsupported('DestinationConfig'),
});

export function planFunctions(resources: Resource[], assembly: Assembly): FunctionPlan[] {
  const invokeConfigs = parseAll(resources, 'AWS::Lambda::EventInvokeConfig', InvokeConfigSchema);
  return parseAll(resources, 'AWS::Lambda::Function', FunctionSchema).map(({ resource, properties }) => {
    const { logicalId, name, arn } = resource;
    const codeDirectory = assembly.assetDirectory(properties.Code.S3Key);
    if (codeDirectory === undefined)
      throw new TemplateError(`${logicalId}: no asset ${properties.Code.S3Key}`);
    const invoke = invokeConfigs.find((config) =>
      names(config.properties.FunctionName, resource),
    )?.properties;
    return {
      logicalId,
      name,
      arn,
      roleArn: properties.Role,
      codeDirectory,
      ...findHandler(logicalId, codeDirectory, properties.Handler),
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      environment: properties.Environment?.Variables ?? {},
      logLevel: properties.LoggingConfig?.ApplicationLogLevel,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      asyncRetries: invoke?.MaximumRetryAttempts ?? 2,
      asyncMaxAgeSeconds: invoke?.MaximumEventAgeInSeconds ?? 21_600,
    };
  });
}

/** "dir/index.handler" → the module with one of the endings that the runtime tries, and the export. */
function findHandler(logicalId: string, directory: string, handler: string) {
  const dot = handler.lastIndexOf('.');
  const base = join(directory, handler.slice(0, dot));
  const modulePath = ['.mjs', '.js', '.cjs'].map((ending) => base + ending).find(existsSync);
  if (dot < 1 || modulePath === undefined)
    throw new TemplateError(`${logicalId}: no module for handler ${handler}`);
  return { modulePath, exportName: handler.slice(dot + 1) };
}

/** Functions are named by name, ARN, or ARN with path around it (API Gateway's invocation URI). */
function names(reference: string, fn: { name: string; arn: string }): boolean {
  return (
    reference === fn.name || reference === fn.arn || reference.endsWith(`/functions/${fn.arn}/invocations`)
  );
}
export function findFunction(functions: FunctionPlan[], reference: string, where: string): FunctionPlan {
  const found = functions.find((fn) => names(reference, fn));
  if (!found) throw new TemplateError(`${where}: ${reference} is not a function of this template`);
  return found;
}

const MappingSchema = z.object({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  BatchSize: int.default(10),
  MaximumBatchingWindowInSeconds: int.default(0),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: int.optional() }).optional(),
  Enabled: bool.default(true),
  FilterCriteria: unsupported('FilterCriteria'),
});

export function planEventSources(
  resources: Resource[],
  functions: FunctionPlan[],
  queues: QueuePlan[],
): EventSourcePlan[] {
  return parseAll(resources, 'AWS::Lambda::EventSourceMapping', MappingSchema).map(
    ({ resource, properties }) => {
      const { logicalId } = resource;
      const queue = queues.find(({ arn }) => arn === properties.EventSourceArn);
      if (!queue)
        throw new TemplateError(`${logicalId}: ${properties.EventSourceArn} is not a queue of this template`);
      return {
        logicalId,
        functionId: findFunction(functions, properties.FunctionName, logicalId).logicalId,
        queue,
        batchSize: properties.BatchSize,
        batchWindowSeconds: properties.MaximumBatchingWindowInSeconds,
        reportBatchItemFailures: properties.FunctionResponseTypes.length > 0,
        maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? DEFAULT_EVENT_SOURCE_CONCURRENCY,
        enabled: properties.Enabled,
      };
    },
  );
}

const State = z.enum(['ENABLED', 'DISABLED']).default('ENABLED');
const Target = z.object({
  Arn: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputPath: unsupported('InputPath'),
  InputTransformer: unsupported('InputTransformer'),
});
const RuleSchema = z.object({ ScheduleExpression: z.string(), State, Targets: z.array(Target).default([]) });
const ScheduleSchema = z.object({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.enum(['UTC', 'Etc/UTC'], { error: 'only UTC is supported' }).optional(),
  StartDate: unsupported('StartDate'),
  EndDate: unsupported('EndDate'),
  State,
  Target,
});

export function planClocks(resources: Resource[], functions: FunctionPlan[]): ClockPlan[] {
  // Those that wait for events are in plan-events.ts.
  const scheduled = resources.filter(({ properties }) => properties.ScheduleExpression !== undefined);
  const rules = parseAll(scheduled, 'AWS::Events::Rule', RuleSchema).map(({ resource, properties }) => ({
    kind: 'rule' as const,
    resource,
    ...properties,
  }));
  const schedules = parseAll(resources, 'AWS::Scheduler::Schedule', ScheduleSchema).map(
    ({ resource, properties: { Target: target, ...properties } }) => ({
      kind: 'schedule' as const,
      resource,
      ...properties,
      Targets: [target],
    }),
  );
  return [...rules, ...schedules]
    .filter((clock) => clock.State === 'ENABLED')
    .flatMap(({ kind, resource, ScheduleExpression, Targets }) =>
      Targets.map((target) => ({
        logicalId: resource.logicalId,
        arn: resource.arn,
        kind,
        expression: ScheduleExpression,
        functionId: findFunction(functions, target.Arn, resource.logicalId).logicalId,
        roleArn: target.RoleArn,
        input: target.Input,
      })),
    );
}
