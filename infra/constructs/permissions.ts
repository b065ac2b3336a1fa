import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * Who may do what, and nothing else: no wildcard in an action or a resource. (Each function may also write to its own
 * log group, see function.ts.)
 */

export type FunctionName =
  | 'tick'
  | 'dispatch'
  | 'executor'
  | 'sweeper'
  | 'inbox'
  | 'declare'
  | 'authorizer'
  | 'api'
  | 'console';

/** What a permission is about. `ownQueue` is the work queue that an executor reads, `eventSources` feed the work queues. */
export type Resource =
  | 'table'
  | 'index'
  | 'dispatchQueue'
  | 'ownQueue'
  | 'workQueues'
  | 'eventSources'
  | 'deadLetterQueues'
  | 'inbox'
  | 'inboxDeadLetters'
  | 'adminTokenSecret'
  | 'eventBus';

interface Permission {
  on: Resource;
  actions: readonly string[];
  /** Left out where there is no such thing. */
  optional?: boolean;
}

/** What Lambda's poller needs in the function's name. */
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const SEND = ['sqs:SendMessage'];
/** Of a queue that may hold only so much. */
const SEND_IF_ROOM = [...SEND, 'sqs:GetQueueAttributes'];
/** Tasks that come, with the calendars that they take up. */
const MAKE_TASKS = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:PutItem',
  'dynamodb:ConditionCheckItem',
];
const QUERY = ['dynamodb:Query'];
/** Nobody is told where a deployment has no bus. */
const TELL = { on: 'eventBus', actions: ['events:PutEvents'], optional: true } as const;

export const PERMISSIONS: Readonly<Record<FunctionName, readonly Permission[]>> = {
  tick: [
    { on: 'index', actions: QUERY },
    // The heartbeat, and the tasks of the canary.
    { on: 'table', actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] },
    { on: 'dispatchQueue', actions: SEND },
  ],
  dispatch: [
    { on: 'dispatchQueue', actions: [...CONSUME, ...SEND] },
    { on: 'index', actions: QUERY },
    // The cursor, and tasks whose occurrence misses its deadline unclaimed.
    {
      on: 'table',
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    },
    { on: 'workQueues', actions: SEND },
    TELL,
  ],
  executor: [
    { on: 'ownQueue', actions: [...CONSUME, 'sqs:ChangeMessageVisibility'] },
    {
      on: 'table',
      actions: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
      ],
    },
    { on: 'workQueues', actions: SEND },
    { on: 'deadLetterQueues', actions: SEND },
    TELL,
  ],
  sweeper: [
    { on: 'index', actions: QUERY },
    {
      on: 'table',
      actions: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        // What ended is summed up; bulk jobs walk histories, and take deleted tasks from their calendars.
        'dynamodb:Query',
        'dynamodb:DeleteItem',
      ],
    },
    // Bulk jobs heed how much a queue may hold.
    { on: 'workQueues', actions: SEND_IF_ROOM },
    { on: 'deadLetterQueues', actions: SEND },
    // What people said of queues holds whatever was deployed since.
    { on: 'eventSources', actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'] },
    TELL,
  ],
  inbox: [
    { on: 'inbox', actions: [...CONSUME, 'sqs:ChangeMessageVisibility'] },
    { on: 'table', actions: MAKE_TASKS },
    { on: 'workQueues', actions: SEND_IF_ROOM },
    { on: 'inboxDeadLetters', actions: SEND },
  ],
  declare: [
    // Tasks that change, and the calendars that they let go of.
    { on: 'table', actions: [...MAKE_TASKS, 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'] },
    { on: 'workQueues', actions: SEND_IF_ROOM },
    TELL,
  ],
  authorizer: [
    { on: 'adminTokenSecret', actions: ['secretsmanager:GetSecretValue'] },
    // Whose a token is, and when it was used.
    { on: 'table', actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'] },
  ],
  api: [
    // Deleted are tokens that are revoked, calendars, and what tasks let go of.
    { on: 'table', actions: [...MAKE_TASKS, 'dynamodb:Query', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'] },
    { on: 'index', actions: QUERY },
    { on: 'workQueues', actions: SEND_IF_ROOM },
    { on: 'eventSources', actions: ['lambda:UpdateEventSourceMapping'] },
    // A run that was handed off ends through the API, and perhaps as a dead letter.
    { on: 'deadLetterQueues', actions: [...SEND, 'sqs:GetQueueAttributes', 'sqs:PurgeQueue'] },
    TELL,
  ],
  // It serves files that it carries.
  console: [],
};

/** The table above as policy statements; `arns` says which resources are meant. */
export function statementsOf(
  name: FunctionName,
  arns: Partial<Record<Resource, string[]>>,
): PolicyStatement[] {
  return PERMISSIONS[name].flatMap(({ on, actions, optional }) => {
    const resources = arns[on];
    if (!resources || resources.length === 0) {
      if (optional) return [];
      throw new Error(`${name} needs ${on}, which it was not given`);
    }
    return new PolicyStatement({ actions: [...actions], resources });
  });
}

/** What the services ask of a key in the name of whoever calls them: docs.aws.amazon.com/kms/latest/developerguide/service-integration.html */
const TABLE_KEY = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
const QUEUE_KEY = { send: ['kms:Decrypt', 'kms:GenerateDataKey'], receive: ['kms:Decrypt'] };

/** Follows from the table: who may use what is encrypted may use its key, through that service only. */
export function keyStatementsOf(name: FunctionName, keyArn: string, scope: Construct): PolicyStatement[] {
  const actions = PERMISSIONS[name].flatMap((permission) => [...permission.actions]);
  const needs = {
    dynamodb: actions.some((action) => action.startsWith('dynamodb:')) ? TABLE_KEY : [],
    sqs: actions.includes('sqs:SendMessage')
      ? QUEUE_KEY.send
      : actions.includes('sqs:ReceiveMessage')
        ? QUEUE_KEY.receive
        : [],
    secretsmanager: actions.includes('secretsmanager:GetSecretValue') ? ['kms:Decrypt'] : [],
  };
  return Object.entries(needs)
    .filter(([, keyActions]) => keyActions.length > 0)
    .map(([service, keyActions]) => keyStatement(service, keyActions, keyArn, scope));
}

/** Use of a key through one service only. */
export const keyStatement = (service: string, actions: string[], keyArn: string, scope: Construct) =>
  new PolicyStatement({
    actions,
    resources: [keyArn],
    conditions: {
      StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` },
    },
  });

/** As AWSLambdaVPCAccessExecutionRole has it, without the logs of the whole account. */
const INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lambda makes a function's network interfaces in the function's name, on resources that do not exist yet. The code
 * that runs in it is refused the same: docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export function networkStatements(scope: Construct): PolicyStatement[] {
  const functions = Stack.of(scope).formatArn({ service: 'lambda', resource: 'function:*' });
  return [
    new PolicyStatement({ actions: INTERFACES, resources: ['*'] }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: INTERFACES,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': functions } },
    }),
  ];
}
