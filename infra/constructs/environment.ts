import { Stack } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { EnvName } from '../../functions/env.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Config } from '../config.ts';
import { eventRules } from '../config-events.ts';
import { unlikeHouse } from '../config-queues.ts';
import type { FunctionName } from './permissions.ts';
import type { QueueWithDeadLetters } from './queues.ts';
import type { TaskTable } from './tables.ts';

/** Of whoever makes tasks and changes them. */
const EDITS = [
  'ESCAPEMENT_TABLE',
  'ESCAPEMENT_QUEUES',
  'ESCAPEMENT_QUEUE_DEFAULTS',
  'ESCAPEMENT_SHARDS',
  'ESCAPEMENT_RETENTION_DAYS',
  'ESCAPEMENT_AUDIT_RETENTION_DAYS',
  'ESCAPEMENT_TARGETS',
] as const;

/** Which settings reach which function: no function knows the place of something that it may not use. */
const NEEDS = {
  tick: [
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_DISPATCH_QUEUE_URL',
    'ESCAPEMENT_SHARDS',
    'ESCAPEMENT_LOOK_AHEAD_SECONDS',
    'ESCAPEMENT_CANARY_QUEUE',
  ],
  dispatch: [
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_DISPATCH_QUEUE_URL',
    'ESCAPEMENT_LOOK_AHEAD_SECONDS',
    'ESCAPEMENT_EVENT_BUS',
    'ESCAPEMENT_SUCCESS_EVENTS',
  ],
  executor: [
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_QUEUE',
    'ESCAPEMENT_RECYCLE_ABOVE_MB',
    'ESCAPEMENT_RETENTION_DAYS',
    'ESCAPEMENT_STATS',
    'ESCAPEMENT_TARGETS',
    'ESCAPEMENT_TARGET_SIGNING_SECRET_ARN',
    'ESCAPEMENT_NAME',
    'ESCAPEMENT_EVENT_BUS',
    'ESCAPEMENT_SUCCESS_EVENTS',
  ],
  sweeper: [
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_EVENT_SOURCES',
    'ESCAPEMENT_SHARDS',
    'ESCAPEMENT_RETENTION_DAYS',
    'ESCAPEMENT_AUDIT_RETENTION_DAYS',
    'ESCAPEMENT_STATS',
    'ESCAPEMENT_NAME',
    'ESCAPEMENT_EVENT_BUS',
    'ESCAPEMENT_SUCCESS_EVENTS',
  ],
  inbox: [...EDITS, 'ESCAPEMENT_STATS', 'ESCAPEMENT_INBOX_QUEUE_URL', 'ESCAPEMENT_EVENT_RULES'],
  declare: [...EDITS, 'ESCAPEMENT_EVENT_BUS', 'ESCAPEMENT_SUCCESS_EVENTS'],
  authorizer: ['ESCAPEMENT_TABLE', 'ESCAPEMENT_ADMIN_TOKEN_SECRET_ARN', 'ESCAPEMENT_OIDC'],
  api: [
    ...EDITS,
    'ESCAPEMENT_EVENT_SOURCES',
    'ESCAPEMENT_STATS',
    'ESCAPEMENT_VERSION',
    'ESCAPEMENT_NAME',
    'ESCAPEMENT_EVENT_BUS',
    'ESCAPEMENT_SUCCESS_EVENTS',
  ],
  console: ['ESCAPEMENT_VERSION', 'ESCAPEMENT_CONSOLE_OIDC'],
} as const satisfies Record<FunctionName, readonly EnvName[]>;

export interface Surroundings {
  table: TaskTable;
  workQueues: Readonly<Record<string, QueueWithDeadLetters>>;
  dispatchQueue: QueueWithDeadLetters;
  /** Of the work queues, as far as they are made by now. */
  eventSources: Readonly<
    Record<string, Pick<EventSourceMapping, 'eventSourceMappingId' | 'eventSourceMappingArn'>>
  >;
  /** Absent where nothing comes in but through the API. */
  inbox: QueueWithDeadLetters | undefined;
  adminTokenSecretArn: string;
  /** Absent where no webhook can be sent. */
  targetSigningSecretArn: string | undefined;
  /** Absent where nobody is told of what happens. */
  eventBus: Pick<IEventBus, 'eventBusName' | 'eventBusArn'> | undefined;
}

/** `ownQueue` is the work queue of an executor. */
export function environmentOf(
  name: FunctionName,
  config: Config,
  around: Surroundings,
  ownQueue = '',
): Record<string, string> {
  const values: Record<(typeof NEEDS)[FunctionName][number], () => string> = {
    ESCAPEMENT_TABLE: () => around.table.tableName,
    ESCAPEMENT_QUEUES: () => queueTargets(around),
    ESCAPEMENT_DISPATCH_QUEUE_URL: () => around.dispatchQueue.queue.queueUrl,
    ESCAPEMENT_INBOX_QUEUE_URL: () => around.inbox?.queue.queueUrl ?? '',
    ESCAPEMENT_EVENT_RULES: () => JSON.stringify(eventRules(config.events.rules)),
    ESCAPEMENT_SHARDS: () => String(config.shards),
    ESCAPEMENT_LOOK_AHEAD_SECONDS: () => String(config.lookAheadSeconds),
    ESCAPEMENT_RETENTION_DAYS: () => String(config.retentionDays),
    ESCAPEMENT_AUDIT_RETENTION_DAYS: () => String(config.audit.retentionDays),
    ESCAPEMENT_QUEUE: () => ownQueue,
    ESCAPEMENT_RECYCLE_ABOVE_MB: () => String(config.queues[ownQueue]?.recycleAboveMb ?? ''),
    ESCAPEMENT_QUEUE_DEFAULTS: () => JSON.stringify(queueDefaults(config)),
    ESCAPEMENT_TARGETS: () => allowedTargets(config, around),
    ESCAPEMENT_TARGET_SIGNING_SECRET_ARN: () => around.targetSigningSecretArn ?? '',
    ESCAPEMENT_EVENT_SOURCES: () => eventSources(config, around),
    ESCAPEMENT_ADMIN_TOKEN_SECRET_ARN: () => around.adminTokenSecretArn,
    ESCAPEMENT_OIDC: () => identityProvider(config, around),
    ESCAPEMENT_CONSOLE_OIDC: () => consoleLogin(config, around),
    ESCAPEMENT_VERSION: () => packageJson.version,
    ESCAPEMENT_NAME: () => config.name,
    ESCAPEMENT_EVENT_BUS: () => around.eventBus?.eventBusName ?? '',
    ESCAPEMENT_SUCCESS_EVENTS: () => String(config.events.success),
    ESCAPEMENT_STATS: () => statsKept(config),
    ESCAPEMENT_CANARY_QUEUE: () => (config.canary ? canaryQueue(config) : ''),
  };
  return {
    ...Object.fromEntries(NEEDS[name].map((variable) => [variable, values[variable]()])),
    ...(config.sourceMaps && { NODE_OPTIONS: '--enable-source-maps' }),
  };
}

/** How many days minutes, hours and days are kept; nothing where nothing is counted. */
const statsKept = ({ stats }: Config): string =>
  stats.enabled
    ? JSON.stringify([stats.minuteRetentionDays, stats.hourRetentionDays, stats.dayRetentionDays])
    : '';

/** The one with the highest priority: what waits in the others must not make the canary late. */
const canaryQueue = ({ queues }: Config): string =>
  Object.entries(queues).reduce((best, next) => (next[1].priority > best[1].priority ? next : best))[0];

/** See the reader in functions/env.ts: names of queues are ours, and only their beginning is not known here. */
function queueTargets({ table, workQueues }: Surroundings): string {
  const [name, example] = Object.entries(workQueues)[0] ?? [];
  const counts = Object.entries(workQueues).map(([queue, { maxReceiveCount }]) => [queue, maxReceiveCount]);
  return Stack.of(table).toJsonString({
    like: { name, url: example?.queue.queueUrl, arn: example?.queue.queueArn },
    maxReceiveCounts: Object.fromEntries(counts),
  });
}

/** Only what is allowed at all, and without the key that signs, whose place the API has no use for. */
function allowedTargets({ targets }: Config, { table }: Surroundings): string {
  const { signingSecretArn: _, ...http } = targets.http;
  const { http: __, ...lists } = targets;
  return Stack.of(table).toJsonString({
    ...(http.hosts.length > 0 && { http }),
    ...Object.fromEntries(Object.entries(lists).filter(([, arns]) => arns.length > 0)),
  });
}

function eventSources({ queues }: Config, { table, eventSources: sources }: Surroundings): string {
  const feeds = Object.entries(queues).map(([queue, { workers }]) => {
    const id = sources[queue]?.eventSourceMappingId;
    if (id === undefined) throw new Error(`nothing feeds ${queue}`);
    return [queue, [id, workers]];
  });
  return Stack.of(table).toJsonString(Object.fromEntries(feeds));
}

function identityProvider({ auth: { oidc } }: Config, { table }: Surroundings): string {
  if (!oidc) return Stack.of(table).toJsonString(null);
  const { consoleClientId: _, ...rules } = oidc;
  return Stack.of(table).toJsonString(rules);
}

function consoleLogin({ auth: { oidc } }: Config, { table }: Surroundings): string {
  const { issuer, consoleClientId: clientId } = oidc ?? {};
  return Stack.of(table).toJsonString(clientId === undefined ? null : { issuer, clientId });
}

const queueDefaults = ({ queues }: Config) =>
  Object.fromEntries(Object.entries(queues).map(([name, settings]) => [name, unlikeHouse(settings)]));
