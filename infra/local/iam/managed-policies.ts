import type { Statement } from './policy.ts';

/** The policies kept by AWS that functions commonly have, as far as they are about services of the engine. */
const ACTIONS: Record<string, string[]> = {
  'service-role/AWSLambdaBasicExecutionRole': [],
  'service-role/AWSLambdaVPCAccessExecutionRole': [],
  'service-role/AWSLambdaSQSQueueExecutionRole': [
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ],
  AWSXRayDaemonWriteAccess: [],
  AdministratorAccess: ['*'],
  AmazonDynamoDBFullAccess: ['dynamodb:*'],
  AmazonSQSFullAccess: ['sqs:*'],
  SecretsManagerReadWrite: ['secretsmanager:*'],
};

/** undefined for a policy that the engine does not know. */
export function managedPolicy(arn: string): Statement[] | undefined {
  const name = /^arn:[^:]*:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? '';
  const actions = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!actions || actions.length === 0) return actions && [];
  return [
    {
      effect: 'Allow',
      actions: { patterns: actions, inverted: false },
      resources: { patterns: ['*'], inverted: false },
      principals: undefined,
      conditions: {},
      unknown: [],
    },
  ];
}
