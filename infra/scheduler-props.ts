import type { EventsProps } from './scheduler-props-events.ts';
import type { AlarmsProps, LogRetentionDays, StatsProps } from './scheduler-props-observability.ts';
import type { OidcProps } from './scheduler-props-oidc.ts';
import type { QueueProps } from './scheduler-props-queues.ts';
import type { TargetsProps } from './scheduler-props-targets.ts';

/**
 * The settings of one deployment, all optional: props of the `Scheduler` construct, and what stands in cdk.json under
 * `escapement` for this repository's own app. A default that is written as a value is the schema's (a test compares
 * them); one that begins with a dash is worked out. Durations are whole units, named in the setting.
 */
export interface SchedulerProps {
  /**
   * Name of the stack and first part of every queue's name, so that several deployments share an account and region:
   * `[a-z][a-z0-9-]{0,31}`. Another name later means new queues; the table stays, but not
   * in this repository's own app, where another name is another stack.
   * @default 'escapement'
   */
  name?: string;
  /**
   * Parts of the index of due tasks; each takes about 30,000 recurring runs a minute. It may only grow:
   * a task keeps its number for life, and nobody would look at a number that is gone.
   * @default 4
   */
  shards?: number;
  /**
   * The tick sends what falls due within this many seconds. It must reach beyond the next tick, and stay so
   * far below the window within which writers send their own messages that nothing falls between the two: 60..80.
   * @default 75
   */
  lookAheadSeconds?: number;
  /**
   * Work queues by name: `[a-z][a-z0-9-]{0,31}`. What stands here is laid over the three that ship (high, default,
   * low); null takes one of those away. `default` must stay: tasks that name no queue go there.
   * @default - high and default with 20 workers each, low with 5
   */
  queues?: Readonly<Record<string, QueueProps | null>>;
  /**
   * Ended executions are kept for this many days.
   * @default 30
   */
  retentionDays?: number;
  /**
   * The audit trail: who changed what.
   * @default - kept for a year
   */
  audit?: AuditProps;
  /**
   * Logs of functions and API are kept for this many days, out of those that CloudWatch Logs accepts.
   * @default 30
   */
  logRetentionDays?: LogRetentionDays;
  /**
   * Who may use the API.
   * @default - the administrator's token, in a secret that the stack makes
   */
  auth?: AuthProps;
  /**
   * The HTTP API.
   * @default - 100 requests a second, bursts of 200, fewer for what costs much, no other origin, the address that AWS gives
   */
  api?: ApiProps;
  /**
   * The table.
   * @default - kept when the stack goes, protected against deletion, restorable to any second of 35 days
   */
  data?: DataProps;
  /**
   * ARN of a KMS key of yours, in the stack's region, for table, queues, token and logs. Its key policy must let
   * CloudWatch Logs use it (docs/deploy.md has the statement); the functions get their permissions here.
   * @default - keys that AWS keeps for each service, which cost nothing
   */
  kmsKeyArn?: string;
  /**
   * A VPC of yours for the functions. Inside it they reach AWS only through a NAT gateway or VPC endpoints
   * (docs/deploy.md lists them): without, nothing runs.
   * @default - no VPC
   */
  vpc?: VpcProps;
  /**
   * What tasks may have for a target besides handlers (docs/targets.md): webhooks, functions, queues, topics, event
   * buses, state machines. The executors get permissions for what is listed, and for nothing else.
   * @default - nothing
   */
  targets?: TargetsProps;
  /**
   * The module whose default export lists the handlers, bundled into the executors; relative to the working directory.
   * @default - the demo handlers
   */
  handlers?: string;
  /**
   * Memory of each function in MB; CPU comes in proportion (1,769 MB = 1 vCPU). An executor runs up to ten handlers
   * at once.
   * @default 512
   */
  functionMemoryMb?: number;
  /** @default 'arm64' */
  architecture?: 'arm64' | 'x86_64';
  /** @default 'INFO' */
  logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  /**
   * Stack traces name files and lines of the sources; each function then starts more slowly.
   * @default false
   */
  sourceMaps?: boolean;
  /**
   * X-Ray traces. AWS offers no narrower permission for them than on every resource.
   * @default false
   */
  tracing?: boolean;
  /**
   * Three tasks of the system that take turns: each minute one proves that what is due runs, and feeds the alarm
   * tick-silent. About $0.70 a month.
   * @default true
   */
  canary?: boolean;
  /**
   * The web console, served at `/console/`.
   * @default true
   */
  console?: boolean;
  /**
   * Events out, of what becomes of runs and tasks, and in, to trigger tasks (docs/events.md).
   * @default - out, of everything that ends otherwise than well; none in
   */
  events?: EventsProps;
  /**
   * Statistics of what ended, by the minute, the hour and the day (docs/stats.md).
   * @default - on
   */
  stats?: StatsProps;
  /**
   * CloudWatch alarms, and the topic that they tell. About $2.60 a month, and $1 for the topic's key.
   * @default - all of them, on a topic that nobody listens to yet
   */
  alarms?: AlarmsProps;
  /**
   * A CloudWatch dashboard; AWS charges for it beyond the third of an account.
   * @default true
   */
  dashboard?: boolean;
}

export interface AuditProps {
  /**
   * Entries are kept for this many days, up to 3650. What is there already keeps its day.
   * @default 365
   */
  retentionDays?: number;
}

export interface AuthProps {
  /**
   * ARN of a secret of your own that holds the administrator's token: {"id","secret"} or {"token"}.
   * It must be encrypted with the key that AWS keeps, or with `kmsKeyArn`.
   * @default - the stack makes one
   */
  adminTokenSecretArn?: string;
  /**
   * An identity provider (OpenID Connect) whose tokens let people in, besides API tokens.
   * @default - none
   */
  oidc?: OidcProps;
}

export interface ApiProps {
  /**
   * Requests a second, over all callers.
   * @default 100
   */
  requestsPerSecond?: number;
  /**
   * Requests that may come at once.
   * @default 200
   */
  burst?: number;
  /**
   * Routes with a limit of their own, by method and path, such as `POST /v1/tasks`; over all callers too.
   * @default - the ones that cost most: 5 a second for backfill, bulk and what is done to dead letters, 20 for previews, queues, groups of dead letters, statistics and metrics
   */
  routes?: Readonly<Record<string, RouteLimit>>;
  /**
   * Origins whose pages may call the API, as a browser writes them: https://console.example.com
   * @default []
   */
  corsOrigins?: readonly string[];
  /**
   * A name of yours for the API, at TLS 1.2 or later. Point an alias record at the outputs `ApiDomainTarget` and
   * `ApiDomainZoneId`.
   * @default - the address that AWS gives
   */
  domain?: DomainProps;
}

export interface RouteLimit {
  requestsPerSecond: number;
  /** Requests that may come at once. */
  burst: number;
}

export interface DomainProps {
  /**
   * scheduler.example.com
   * @default - required
   */
  domainName: string;
  /**
   * ARN of a certificate for it in AWS Certificate Manager, in the stack's region.
   * @default - required
   */
  certificateArn: string;
  /**
   * Whether the address that AWS gives answers as well.
   * @default true
   */
  defaultEndpoint?: boolean;
}

export interface DataProps {
  /**
   * What becomes of the table when the stack is deleted: retain or destroy.
   * @default 'retain'
   */
  onDelete?: 'retain' | 'destroy';
  /**
   * DynamoDB refuses to delete the table.
   * @default - true, unless onDelete is destroy
   */
  deletionProtection?: boolean;
  /** @default true */
  pointInTimeRecovery?: boolean;
  /**
   * What table and index can take at once, set before a known peak. AWS charges once and never lowers it.
   * @default - what on-demand gives: 12,000 reads and 4,000 writes a second, growing with use
   */
  warmThroughput?: WarmThroughputProps;
}

export interface WarmThroughputProps {
  /** @default - required */
  readUnitsPerSecond: number;
  /** @default - required */
  writeUnitsPerSecond: number;
}

export interface VpcProps {
  /** @default - required */
  vpcId: string;
  /**
   * Private subnets, best in two zones or more.
   * @default - required
   */
  subnetIds: readonly string[];
  /**
   * Of all functions inside.
   * @default - the stack makes one that lets nothing in and everything out
   */
  securityGroupIds?: readonly string[];
  /**
   * Which functions go inside: the executors, for handlers that need something in there, or all, where a rule asks
   * for it.
   * @default 'executors'
   */
  functions?: 'executors' | 'all';
}
