import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { LAMBDA_MAX_TIMEOUT_SECONDS } from '../../shared/domain/limits.ts';
import type { Config } from '../config.ts';
import type { QueueConfig } from '../config-queues.ts';
import { type BundleProps, bundle } from './bundle.ts';
import { environmentOf, type Surroundings } from './environment.ts';
import { HouseFunction, type Network } from './function.ts';
import { isInside } from './network.ts';
import { type FunctionName, keyStatementsOf, networkStatements, statementsOf } from './permissions.ts';
import type { QueueWithDeadLetters } from './queues.ts';
import { targetStatements } from './targets.ts';

interface FunctionSpec {
  description: string;
  entries: BundleProps['entries'];
  /** Carries the built page of the console. */
  page?: boolean;
  timeout: Duration;
  feedsItself?: boolean;
  dropsFailedCalls?: boolean;
}

/** The functions: what each is for, where its code is, how long it may run. */
export const FUNCTIONS = {
  tick: {
    description: 'Finds the shards with work that is due',
    entries: { index: 'functions/tick' },
    timeout: Duration.seconds(30),
    dropsFailedCalls: true,
  },
  dispatch: {
    description: 'Sends the hints of one shard to the work queues',
    entries: { index: 'functions/dispatch' },
    timeout: Duration.seconds(60),
    // What does not fit into one invocation goes on in the next.
    feedsItself: true,
  },
  executor: {
    description: 'Runs what is due',
    entries: { index: 'functions/executor', 'handler-thread': 'functions/handler-thread' },
    // All the time that Lambda gives, for attempts of up to 870 s.
    timeout: Duration.seconds(LAMBDA_MAX_TIMEOUT_SECONDS),
    // A task that runs every second sends its next hint itself.
    feedsItself: true,
  },
  sweeper: {
    description: 'Takes up what did not end',
    entries: { index: 'functions/sweeper' },
    timeout: Duration.seconds(60),
    dropsFailedCalls: true,
  },
  inbox: {
    description: 'Stores what others ask for',
    entries: { index: 'functions/inbox' },
    timeout: Duration.seconds(30),
  },
  declare: {
    description: 'Makes the tasks that CDK apps declare',
    entries: { index: 'functions/declare' },
    timeout: Duration.seconds(60),
  },
  authorizer: {
    description: 'Names the caller of the API',
    entries: { index: 'functions/authorizer' },
    // An HTTP API waits 10 s for its authorizer.
    timeout: Duration.seconds(9),
  },
  api: {
    description: 'Serves the API',
    entries: { index: 'functions/api/index' },
    // An HTTP API waits 30 s for an integration.
    timeout: Duration.seconds(29),
  },
  console: {
    description: 'Serves the web console',
    entries: { index: 'functions/console/index' },
    page: true,
    timeout: Duration.seconds(10),
  },
} as const satisfies Record<FunctionName, FunctionSpec>;

/** The work queue that an executor reads. */
export interface OwnQueue {
  name: string;
  settings: QueueConfig;
  queue: QueueWithDeadLetters;
}

/** What all functions may share besides the settings. */
export interface Shared {
  key?: IKey | undefined;
  network?: Network | undefined;
}

/** Makes any of them, with the environment and the permissions that the tables give it and the deployment's settings. */
export class FunctionMaker {
  private readonly config: Config;
  private readonly around: Surroundings;
  private readonly shared: Shared;

  constructor(config: Config, around: Surroundings, shared: Shared = {}) {
    this.config = config;
    this.around = around;
    this.shared = shared;
  }

  make(scope: Construct, id: string, name: Exclude<FunctionName, 'executor'>): HouseFunction {
    return this.build(scope, id, name, FUNCTIONS[name]);
  }

  /** One per work queue, all from the same bundle. */
  makeExecutor(scope: Construct, id: string, own: OwnQueue): HouseFunction {
    const description = `${FUNCTIONS.executor.description} on queue ${own.name}`;
    return this.build(scope, id, 'executor', { ...FUNCTIONS.executor, description }, own);
  }

  private build(
    scope: Construct,
    id: string,
    name: FunctionName,
    { entries, page = false, ...spec }: FunctionSpec,
    own?: OwnQueue,
  ): HouseFunction {
    const { config, around } = this;
    const { key } = this.shared;
    const network = isInside(name, config) ? this.shared.network : undefined;
    const workQueues = Object.values(around.workQueues);
    return new HouseFunction(scope, id, {
      ...spec,
      code: bundle({ entries, page, ...(config.handlers !== undefined && { handlers: config.handlers }) }),
      memoryMb: own?.settings.memoryMb ?? config.functionMemoryMb,
      architecture: config.architecture,
      logRetentionDays: config.logRetentionDays,
      logLevel: config.logLevel,
      tracing: config.tracing,
      environment: environmentOf(name, config, around, own?.name),
      key,
      network,
      permissions: [
        ...statementsOf(name, {
          table: [around.table.tableArn],
          index: [around.table.indexArn],
          dispatchQueue: [around.dispatchQueue.queue.queueArn],
          workQueues: workQueues.map(({ queue }) => queue.queueArn),
          eventSources: Object.values(around.eventSources).map(
            ({ eventSourceMappingArn }) => eventSourceMappingArn,
          ),
          deadLetterQueues: workQueues.map(({ deadLetters }) => deadLetters.queueArn),
          adminTokenSecret: [around.adminTokenSecretArn],
          ...(around.inbox && {
            inbox: [around.inbox.queue.queueArn],
            inboxDeadLetters: [around.inbox.deadLetters.queueArn],
          }),
          ...(around.eventBus && { eventBus: [around.eventBus.eventBusArn] }),
          ...(own && { ownQueue: [own.queue.queue.queueArn] }),
        }),
        ...(name === 'executor'
          ? targetStatements(config.targets, around.targetSigningSecretArn, key?.keyArn, scope)
          : []),
        ...(key ? keyStatementsOf(name, key.keyArn, scope) : []),
        ...(network ? networkStatements(scope) : []),
      ],
    });
  }
}
