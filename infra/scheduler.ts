import { Stack } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SQS_BATCH_ENTRIES } from '../shared/domain/limits.ts';
import { resolveConfig } from './config.ts';
import { makeAdminTokenSecret } from './constructs/admin-token.ts';
import { AdminApi } from './constructs/api.ts';
import { Clock } from './constructs/clock.ts';
import { DeclaredTasks } from './constructs/declared-tasks.ts';
import type { HouseFunction } from './constructs/function.ts';
import { FUNCTIONS, FunctionMaker } from './constructs/functions.ts';
import { HandlersPrincipal } from './constructs/handlers-principal.ts';
import { Inbox } from './constructs/inbox.ts';
import { type MetricKey, schedulerMetric } from './constructs/metrics.ts';
import { networkOf } from './constructs/network.ts';
import { Observability } from './constructs/observability.ts';
import { QueueWithDeadLetters } from './constructs/queues.ts';
import { makeTaskTable, type TaskTable } from './constructs/tables.ts';
import { makeSigningSecret } from './constructs/targets.ts';
import { Workers } from './constructs/workers.ts';
import type { SchedulerProps } from './scheduler-props.ts';

export { ScheduledTask, type ScheduledTaskProps, type TaskInput } from './scheduled-task.ts';
export type * from './scheduler-props.ts';
export type * from './scheduler-props-events.ts';
export type * from './scheduler-props-observability.ts';
export type * from './scheduler-props-queues.ts';
export type { AdminApi, HouseFunction, Observability, QueueWithDeadLetters, TaskTable };

/** Invocations at the same time, each with ten messages: hundreds a second. */
const INBOX_WORKERS = 10;

/** A whole scheduler, to be put into any stack: `new Scheduler(this, 'Jobs', { handlers: 'src/handlers.ts' })`. */
export class Scheduler extends Construct {
  readonly table: TaskTable;
  readonly dispatchQueue: QueueWithDeadLetters;
  /** By name, each with its dead-letter queue. */
  readonly workQueues: Readonly<Record<string, QueueWithDeadLetters>>;
  readonly adminTokenSecret: Pick<ISecret, 'secretArn' | 'grantRead'>;
  /** Of the key that signs webhooks; absent where no host is allowed. Whoever verifies them reads it. */
  readonly targetSigningSecret: Pick<ISecret, 'secretArn' | 'grantRead'> | undefined;
  readonly tick: HouseFunction;
  readonly dispatch: HouseFunction;
  /** By name of their queue. */
  readonly executors: Readonly<Record<string, HouseFunction>>;
  /** Whoever your handlers run as, on whichever queue: `bucket.grantRead(scheduler.handlers)`. */
  readonly handlers: IGrantable;
  readonly sweeper: HouseFunction;
  readonly authorizer: HouseFunction;
  readonly apiHandler: HouseFunction;
  /** Serves the web console; absent when switched off. */
  readonly console: HouseFunction | undefined;
  readonly api: AdminApi;
  /** Where the scheduler tells what becomes of runs and tasks; absent when switched off. */
  readonly eventBus: Pick<IEventBus, 'eventBusName' | 'eventBusArn' | 'grantPutEventsTo'> | undefined;
  /** Through which others create and trigger tasks, `scheduler.inbox?.queue.grantSendMessages(yours)`; absent unless asked for. */
  readonly inbox: QueueWithDeadLetters | undefined;
  readonly inboxHandler: HouseFunction | undefined;
  readonly observability: Observability;
  /** What CDK apps declare, see ScheduledTask; without any it adds nothing to the template. */
  readonly declaredTasks: DeclaredTasks;
  private readonly deployment: string;

  constructor(scope: Construct, id: string, props: SchedulerProps = {}) {
    super(scope, id);
    const config = resolveConfig(props);
    this.deployment = config.name;

    // What is kept
    const key = config.kmsKeyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', config.kmsKeyArn);
    this.table = makeTaskTable(this, config, key);
    this.adminTokenSecret = makeAdminTokenSecret(this, config, key);
    this.targetSigningSecret = makeSigningSecret(this, config.targets, key);

    // The joints
    this.dispatchQueue = new QueueWithDeadLetters(this, 'DispatchQueue', {
      queueName: `${config.name}-dispatch`,
      consumerTimeout: FUNCTIONS.dispatch.timeout,
      key,
    });
    const work = mapValues(config.queues, (settings, name) => ({
      name,
      settings,
      queue: new QueueWithDeadLetters(this, `Queue-${name}`, {
        queueName: `${config.name}-${name}`,
        consumerTimeout: FUNCTIONS.executor.timeout,
        maxReceiveCount: settings.maxReceiveCount,
        key,
      }),
    }));
    this.workQueues = mapValues(work, ({ queue }) => queue);
    this.eventBus = config.events.enabled
      ? new EventBus(this, 'Events', {
          eventBusName: config.name,
          description: 'What becomes of runs and tasks',
        })
      : undefined;
    this.inbox = config.events.inbox
      ? new Inbox(this, 'Inbox', {
          queueName: `${config.name}-inbox`,
          consumerTimeout: FUNCTIONS.inbox.timeout,
          rules: config.events.rules,
          ownBuses: this.eventBus ? { [config.name]: this.eventBus.eventBusName } : {},
          key,
        }).queue
      : undefined;
    const eventSources: Record<string, EventSourceMapping> = {};
    const functions = new FunctionMaker(
      config,
      {
        eventSources,
        table: this.table,
        dispatchQueue: this.dispatchQueue,
        workQueues: this.workQueues,
        inbox: this.inbox,
        adminTokenSecretArn: this.adminTokenSecret.secretArn,
        targetSigningSecretArn: this.targetSigningSecret?.secretArn,
        eventBus: this.eventBus,
      },
      { key, network: networkOf(this, config) },
    );

    // Due → hinted → run
    this.tick = functions.make(this, 'Tick', 'tick');
    this.dispatch = functions.make(this, 'Dispatch', 'dispatch');
    new Workers(this, 'Dispatchers', {
      queue: this.dispatchQueue,
      consumer: this.dispatch.lambda,
      workers: Math.max(2, config.shards),
      // One shard an invocation: each has all the time and all the CPU.
      batchSize: 1,
    });

    this.executors = mapValues(work, (own, name) => {
      const executor = functions.makeExecutor(this, `Executor-${name}`, own);
      const { source } = new Workers(this, `Workers-${name}`, {
        queue: own.queue,
        consumer: executor.lambda,
        workers: own.settings.workers,
        batchSize: SQS_BATCH_ENTRIES,
      });
      eventSources[name] = source;
      return executor;
    });
    this.handlers = new HandlersPrincipal(
      Object.values(this.executors).map(({ role }) => role),
      Stack.of(this).account,
    );

    // What did not end goes on
    this.sweeper = functions.make(this, 'Sweeper', 'sweeper');
    new Clock(this, 'Clock', { tick: this.tick.lambda, sweeper: this.sweeper.lambda });
    // Events in
    this.inboxHandler = this.inbox && functions.make(this, 'InboxHandler', 'inbox');
    if (this.inbox && this.inboxHandler)
      new Workers(this, 'InboxWorkers', {
        queue: this.inbox,
        consumer: this.inboxHandler.lambda,
        workers: INBOX_WORKERS,
        batchSize: SQS_BATCH_ENTRIES,
      });

    this.declaredTasks = new DeclaredTasks({
      makeFunction: () => functions.make(this, 'Declare', 'declare'),
      executors: this.executors,
    });

    // People
    this.authorizer = functions.make(this, 'Authorizer', 'authorizer');
    this.apiHandler = functions.make(this, 'ApiHandler', 'api');
    this.console = config.console ? functions.make(this, 'Console', 'console') : undefined;
    this.api = new AdminApi(this, 'Api', {
      ...config.api,
      name: config.name,
      handler: this.apiHandler.lambda,
      authorizer: this.authorizer.lambda,
      console: this.console?.lambda,
      logRetentionDays: config.logRetentionDays,
      key,
    });

    // Who watches
    const nameOf = ({ lambda }: HouseFunction): string => lambda.functionName;
    this.observability = new Observability(this, 'Observability', {
      config,
      watched: {
        functions: {
          tick: nameOf(this.tick),
          dispatch: nameOf(this.dispatch),
          sweeper: nameOf(this.sweeper),
          authorizer: nameOf(this.authorizer),
        },
        executors: mapValues(this.executors, nameOf),
        dispatchQueue: this.dispatchQueue.queue.queueName,
        workQueues: mapValues(this.workQueues, ({ queue }) => queue.queueName),
        ...(this.inbox && {
          inbox: { queue: this.inbox.queue.queueName, deadLetters: this.inbox.deadLetters.queueName },
        }),
        table: this.table.tableName,
        apiId: this.api.httpApi.apiId,
      },
      deadLetterQueues: mapValues(
        { ...this.workQueues, dispatch: this.dispatchQueue, ...(this.inbox && { inbox: this.inbox }) },
        ({ deadLetters }) => deadLetters.queueName,
      ),
    });
  }

  /** Runs that ended well, in a minute. */
  metricRunsSucceeded(options?: MetricOptions): Metric {
    return this.metric('runsSucceeded', options);
  }

  /** Attempts that failed, retried or not, in a minute. */
  metricAttemptsFailed(options?: MetricOptions): Metric {
    return this.metric('attemptsFailed', options);
  }

  /** Runs that gave up, in a minute. */
  metricRunsDead(options?: MetricOptions): Metric {
    return this.metric('runsDead', options);
  }

  /** Milliseconds between due instant and start that 95 of 100 runs stay below. */
  metricLateness(options?: MetricOptions): Metric {
    return this.metric('lateness', options);
  }

  /** Runs of the canary: one a minute while all is well. */
  metricCanaryRuns(options?: MetricOptions): Metric {
    return this.metric('canaryRuns', options);
  }

  /** Messages of a work queue that wait for a worker. */
  metricQueueDepth(queue: string, options?: MetricOptions): Metric {
    return this.workQueue(queue).queue.metricApproximateNumberOfMessagesVisible(options);
  }

  /** Seconds that the oldest message of a work queue has been there. */
  metricOldestMessageAge(queue: string, options?: MetricOptions): Metric {
    return this.workQueue(queue).queue.metricApproximateAgeOfOldestMessage(options);
  }

  /** Letters that lie in the dead-letter queue of a work queue. */
  metricDeadLetters(queue: string, options?: MetricOptions): Metric {
    return this.workQueue(queue).deadLetters.metricApproximateNumberOfMessagesVisible(options);
  }

  private metric(key: MetricKey, options?: MetricOptions): Metric {
    return schedulerMetric(this.deployment, key, options);
  }

  /** Lets somebody read the administrator's token. */
  grantReadAdminToken(grantee: IGrantable): Grant {
    return this.adminTokenSecret.grantRead(grantee);
  }

  /** A work queue by its name. */
  workQueue(name: string): QueueWithDeadLetters {
    return named(this.workQueues, name);
  }

  /** The function that runs the handlers of one queue, to grant something to it alone: `table.grantReadData(scheduler.executor('reports'))`. */
  executor(queue: string): HouseFunction {
    return named(this.executors, queue);
  }

  /** What your handlers may do beyond running; every executor gets the permission. */
  addToHandlerPolicy(statement: PolicyStatement): void {
    for (const { lambda } of Object.values(this.executors)) lambda.addToRolePolicy(statement);
  }

  /** An environment variable for your handlers. */
  addHandlerEnvironment(name: string, value: string): void {
    for (const { lambda } of Object.values(this.executors)) lambda.addEnvironment(name, value);
  }
}

function named<T>(record: Readonly<Record<string, T>>, name: string): T {
  const found = record[name];
  if (found === undefined)
    throw new Error(`No work queue is called ${name}: there are ${Object.keys(record).join(', ')}`);
  return found;
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
