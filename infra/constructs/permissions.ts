import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * Who may do what, and nothing else: no wildcard in an action or a resource. (Each function may also write to its own
 * log group, see function.ts.)
 */

export type FunctionName = 'tick' | 'dispatch' | 'executor' | 'sweeper' | 'authorizer' | 'api';

/** What a permission is about. `ownQueue` is the work queue that an executor reads. */
export type Resource =
  | 'table'
  | 'index'
  | 'dispatchQueue'
  | 'ownQueue'
  | 'workQueues'
  | 'deadLetterQueues'
  | 'adminTokenSecret';

interface Permission {
  on: Resource;
  actions: readonly string[];
}

/** What Lambda's poller needs in the function's name. */
const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const SEND = ['sqs:SendMessage'];
const QUERY = ['dynamodb:Query'];

export const PERMISSIONS: Readonly<Record<FunctionName, readonly Permission[]>> = {
  tick: [
    { on: 'index', actions: QUERY },
    { on: 'table', actions: ['dynamodb:PutItem'] },
    { on: 'dispatchQueue', actions: SEND },
  ],
  dispatch: [
    { on: 'dispatchQueue', actions: [...CONSUME, ...SEND] },
    { on: 'index', actions: QUERY },
    { on: 'table', actions: ['dynamodb:GetItem', 'dynamodb:PutItem'] },
    { on: 'workQueues', actions: SEND },
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
  ],
  sweeper: [
    { on: 'index', actions: QUERY },
    {
      on: 'table',
      actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    },
    { on: 'workQueues', actions: SEND },
    { on: 'deadLetterQueues', actions: SEND },
  ],
  authorizer: [{ on: 'adminTokenSecret', actions: ['secretsmanager:GetSecretValue'] }],
  api: [
    {
      on: 'table',
      actions: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
    },
    { on: 'index', actions: QUERY },
    { on: 'workQueues', actions: [...SEND, 'sqs:GetQueueAttributes'] },
    { on: 'deadLetterQueues', actions: ['sqs:GetQueueAttributes', 'sqs:PurgeQueue'] },
  ],
};

/** The table above as policy statements; `arns` says which resources are meant. */
export function statementsOf(
  name: FunctionName,
  arns: Partial<Record<Resource, string[]>>,
): PolicyStatement[] {
  return PERMISSIONS[name].map(({ on, actions }) => {
    const resources = arns[on];
    if (!resources || resources.length === 0) throw new Error(`${name} needs ${on}, which it was not given`);
    return new PolicyStatement({ actions: [...actions], resources });
  });
}
