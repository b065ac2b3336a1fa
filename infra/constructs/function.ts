import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  type IGrantable,
  type IPrincipal,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What all functions of a deployment share. */
export interface HouseSettings {
  memoryMb: number;
  architecture: 'arm64' | 'x86_64';
  logRetentionDays: RetentionDays;
  logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  tracing: boolean;
  /** Of the logs. */
  key?: IKey | undefined;
}

/** The inside of a VPC. */
export interface Network {
  vpc: IVpc;
  vpcSubnets: SubnetSelection;
  securityGroups: ISecurityGroup[];
}

export interface HouseFunctionProps extends HouseSettings {
  description: string;
  code: Code;
  timeout: Duration;
  environment: Record<string, string>;
  permissions: PolicyStatement[];
  /** @default - outside of any VPC */
  network?: Network | undefined;
  /**
   * The function sends to the queue that it reads, for ever and on purpose; Lambda would cut such a chain after 16 rounds.
   * @default false
   */
  feedsItself?: boolean;
  /**
   * A failed or late asynchronous call is dropped: the next one is a minute away and does the same.
   * @default false
   */
  dropsFailedCalls?: boolean;
}

/** Only for functions that ask for it; test/infra/constructs/permissions.test.ts refuses any other wildcard. */
const onEveryResource = {
  id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
  reason:
    'Sending traces and keeping network interfaces are actions for which IAM knows no narrower resource than all',
};

/** The house's Lambda function: its own role, its own log group, JSON logs, ES module `index.mjs`. */
export class HouseFunction extends Construct implements IGrantable {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: HouseFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.key && { encryptionKey: props.key }),
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Of ${Stack.of(this).stackName}: ${props.description}`,
    });
    // In place of AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    for (const permission of props.permissions) role.addToPolicy(permission);
    if (props.tracing || props.network) Validations.of(role).acknowledge(onEveryResource);
    this.role = role;
    this.grantPrincipal = role;

    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: props.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      code: props.code,
      handler: 'index.handler',
      role,
      timeout: props.timeout,
      memorySize: props.memoryMb,
      environment: props.environment,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[props.logLevel],
      tracing: props.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      ...props.network,
      ...(props.feedsItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...(props.dropsFailedCalls && { retryAttempts: 0, maxEventAge: Duration.seconds(60) }),
    });
  }
}
