import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvName } from '../../functions/env.ts';
import type { Log } from '../../shared/ports.ts';
import { type AwsServices, openAwsEndpoint } from './aws-endpoint.ts';
import { type Clocks, startClocks } from './clocks.ts';
import { carryOut } from './declarations/carry-out.ts';
import { type DynamoEngine, openDynamoEngine } from './dynamodb/engine.ts';
import type { EventSourceOptions } from './event-source.ts';
import { type EventBuses, openEventBuses } from './events/event-bus.ts';
import type { Fault } from './faults/fault.ts';
import { armFaults } from './faults/faults.ts';
import { createHttpFront } from './http/front.ts';
import type { HttpServer } from './http/server.ts';
import { openAccess } from './iam/access.ts';
import { createAsyncInvoker } from './lambda/async-invoker.ts';
import { lambdaControlPlane } from './lambda/control-plane.ts';
import { openEventSources } from './lambda/event-sources.ts';
import { createLambdaHost, type LambdaHost, shortName } from './lambda/host.ts';
import { LAMBDA } from './lambda/rest-path.ts';
import { openLiveFeed } from './live/live-feed.ts';
import type { Report } from './report.ts';
import { type AdminToken, openSecrets, type Secrets } from './secrets.ts';
import { openSqsEngine, type SqsEngine } from './sqs/engine.ts';
import { openJournals } from './sqs/journal.ts';
import { ensureQueues, ensureTables, queuesToKeep } from './stores.ts';
import type { Assembly } from './template/assembly.ts';
import { type Plan, planStack } from './template/plan.ts';
import type { EventSourcePlan } from './template/plan-functions.ts';

/** A stack that runs: what its template describes, on engines in this process and functions in processes of their own. */
export interface Engine {
  plan: Plan;
  adminToken: AdminToken | undefined;
  /** Where the key is kept that signs webhooks, if any can be sent. */
  signingKeyFile: string | undefined;
  /** Where the AWS services are served, to functions and to people's own tools. */
  awsEndpointUrl: string;
  /** When a clock fires next. */
  nextTickAt(): number | undefined;
  /** Starts nothing more, lets what runs finish for so long, then ends it. */
  stop(graceMs: number): Promise<void>;
}
export interface EngineOptions {
  assembly: Assembly;
  /** Whether resources of unknown types are named and left out; without it they are an error. */
  leavesOut?: boolean;
  dataDirectory: string;
  server: HttpServer;
  givenToken: string | undefined;
  passedOn: Record<string, string>;
  /**
   * Where processes die, in tests of that.
   * @default - nowhere
   */
  faults?: readonly Fault[];
  report: Report;
}

const ADMIN_SECRET: EnvName = 'ESCAPEMENT_ADMIN_TOKEN_SECRET_ARN';
const TABLE: EnvName = 'ESCAPEMENT_TABLE';
const SIGNING_SECRET: EnvName = 'ESCAPEMENT_TARGET_SIGNING_SECRET_ARN';
const API_GATEWAY = 'apigateway.amazonaws.com';

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { report, dataDirectory, server } = options;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const endpoint = await openAwsEndpoint(report.warn);
  const plan = planStack(options.assembly, {
    endpointUrl: endpoint.url,
    apiUrl: server.url,
    ...(options.leavesOut && {
      leaveOut: (logicalId, type) => report.say(`  left out: ${logicalId}, for ${type} is not run here`),
    }),
  });
  const access = openAccess({ plan, dataDirectory, warn: report.warn });

  const live = openLiveFeed({ table: settingOf(plan, TABLE) ?? '' });
  const tables = openDynamoEngine({
    file: join(dataDirectory, 'tables.sqlite'),
    onWrites: live.tell,
    onFault: (error) => report.log.error('the table engine failed', {}, error),
  });
  const journals = openJournals(join(dataDirectory, 'queues.sqlite'));
  const kept = queuesToKeep(plan);
  const queues = await openSqsEngine({
    origin: endpoint.url,
    journalOf: (name) => (kept.has(name) ? journals.of(name) : undefined),
  });
  await ensureTables(tables, plan.tables);
  ensureQueues(queues, plan.queues);
  const secrets = openSecrets({
    plans: plan.secrets,
    dataDirectory,
    givenToken: options.givenToken,
    adminSecretArn: settingOf(plan, ADMIN_SECRET),
    signingSecretArn: settingOf(plan, SIGNING_SECRET),
  });
  const host = createLambdaHost({
    functions: plan.functions,
    eventSources: plan.eventSources,
    endpointUrl: endpoint.url,
    dataDirectory,
    passedOn: options.passedOn,
    warn: report.warn,
  });
  const faults = armFaults({
    faults: options.faults ?? [],
    dataDirectory,
    nameOf: (functionId) =>
      plan.functions.find((fn) => fn.logicalId === functionId) && shortName({ logicalId: functionId }),
    killEngine() {
      host.kill();
      process.kill(process.pid, 'SIGKILL');
    },
    killFunction: host.kill,
  });
  const invoke: LambdaHost['invoke'] = (functionId, event, signal) =>
    faults.aroundInvoke(functionId, event, () => host.invoke(functionId, event, signal));
  let isCuttingOff = false;
  const sources = openEventSources({
    plans: plan.eventSources,
    optionsOf: mappingOptions(plan, invoke, queues, {
      ...report.log,
      warn: (message, fields) => {
        if (!isCuttingOff) report.log.warn(message, fields);
      },
    }),
    resize: host.resize,
    nowMs: Date.now,
  });
  const lambda = lambdaControlPlane(sources, plan.functions);
  const background = createAsyncInvoker({
    functions: plan.functions,
    invoke,
    warn: report.warn,
  });
  const buses = openEventBuses({
    plans: plan.eventBuses,
    rules: access.eventRules,
    async deliver(to, text, { logicalId }) {
      if (to.kind === 'function') return background.invoke(to.functionId, JSON.parse(text));
      const sent = await queues.call('SendMessage', { QueueUrl: to.url, MessageBody: text });
      if (sent.statusCode !== 200) report.warn(`${logicalId} could not send to ${to.arn}: ${sent.body}`);
    },
    directory: join(dataDirectory, 'logs'),
    nowMs: Date.now,
  });
  const services = access.guard(awsServices({ tables, queues, secrets, buses, lambda }), host.note);
  endpoint.serve(faults.around(services));
  warmHttpFunctions(plan, host);
  await carryOut({ plan, stackName: options.assembly.stackName, dataDirectory, invoke, report });
  await restore(plan, invoke, report);

  sources.start();
  const clocks: Clocks = startClocks({
    plans: access.clocks,
    fire: background.invoke,
    onMinute: (now) =>
      void tables.expireItems(now).catch((error) => report.log.error('items not expired', {}, error)),
  });
  clocks.fireAll();
  if (plan.httpApi) {
    server.serve(
      createHttpFront({
        plan: plan.httpApi,
        invoke,
        mayInvoke: (functionId, arn) => access.mayInvoke(functionId, { service: API_GATEWAY, arn }),
        nowMs: Date.now,
        live,
      }),
    );
  }

  return {
    plan,
    adminToken: secrets.adminToken,
    signingKeyFile: secrets.signingKeyFile,
    awsEndpointUrl: endpoint.url,
    nextTickAt: clocks.nextAt,
    async stop(graceMs) {
      clocks.stop();
      background.stop();
      live.close();
      const drained = Promise.all([server.close(), sources.stop()]).then(host.idle);
      isCuttingOff = !(await within(graceMs, drained));
      if (isCuttingOff) report.say('  what still runs is cut off; the next start takes it up again');
      await host.close();
      await endpoint.close();
      access.close();
      await queues.close();
      journals.close();
      await tables.close();
      buses.close();
    },
  };
}

/** What any of the functions is told; empty text says that there is none. */
const settingOf = (plan: Plan, name: EnvName): string | undefined =>
  plan.functions.map((fn) => fn.environment[name]).find((value) => value !== undefined && value !== '');

function awsServices({
  tables,
  queues,
  secrets,
  buses,
  lambda,
}: {
  tables: DynamoEngine;
  queues: SqsEngine;
  secrets: Secrets;
  buses: EventBuses;
  lambda: ReturnType<typeof lambdaControlPlane>;
}): AwsServices {
  return {
    AWSEvents: (operation, input) => buses.call(operation, input),
    DynamoDB_20120810: (operation, input, { caller }) => tables.call(operation, input, caller),
    [LAMBDA]: lambda,
    AmazonSQS: (action, input, { signal }) => queues.call(action, input, { signal }),
    secretsmanager: async (operation, input) => {
      if (operation === 'GetSecretValue') return secrets.getSecretValue(input);
      const message = `The embedded engine does not serve ${operation}`;
      return { statusCode: 400, body: { __type: 'UnknownOperationException', message } };
    },
  };
}

/** The first request of a person should not wait for a process to start. */
function warmHttpFunctions(plan: Plan, host: LambdaHost): void {
  for (const { functionId, authorizer } of plan.httpApi?.routes ?? []) {
    host.warm(functionId);
    if (authorizer) host.warm(authorizer.functionId);
  }
}

/**
 * Work queues live in memory and forgot everything. Whatever a clock drives knows how to hint anew from the table;
 * it is told so once, before the pollers start.
 */
async function restore(plan: Plan, invoke: LambdaHost['invoke'], report: Report): Promise<void> {
  const driven = new Set(plan.clocks.map(({ functionId }) => functionId));
  await Promise.all(
    [...driven].map(async (functionId) => {
      const result = await invoke(functionId, { restore: true });
      if (!result.ok) {
        const { errorType, errorMessage } = result.error;
        report.warn(
          `${shortName({ logicalId: functionId })} could not restore: ${errorType} ${errorMessage}`,
        );
      }
    }),
  );
}

function mappingOptions(plan: Plan, invoke: LambdaHost['invoke'], sqs: SqsEngine, log: Log) {
  return (source: EventSourcePlan): EventSourceOptions => ({
    queueArn: source.queue.arn,
    sqs,
    batchSize: source.batchSize,
    maximumBatchingWindowSeconds: source.batchWindowSeconds,
    functionTimeoutSeconds:
      plan.functions.find((fn) => fn.logicalId === source.functionId)?.timeoutSeconds ?? 0,
    reportBatchItemFailures: source.reportBatchItemFailures,
    log,
    async invoke(event) {
      const result = await invoke(source.functionId, event);
      if (!result.ok) throw new Error(`${result.error.errorType} ${result.error.errorMessage}`);
      return JSON.parse(result.payload);
    },
  });
}

/** False when the time was over first. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const isDone = await Promise.race([work.then(() => true), over]);
  clearTimeout(timer);
  return isDone;
}
