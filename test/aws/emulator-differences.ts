/**
 * Every way we know in which the emulator does not do as AWS does and which matters to these tests. One place, so
 * that a test that means less than it says, says so.
 */
export interface Difference {
  /** What AWS does, with its source. */
  aws: string;
  /** What the emulator does. */
  emulator: string;
  /** What is done about it here, and where the real behaviour is tested. */
  remedy: string;
}

export const DIFFERENCES = {
  'secret-reference': {
    aws: 'Ref of an AWS::SecretsManager::Secret is its ARN: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html',
    emulator: 'Ref of a secret is its name, so that policies made from it name no secret',
    remedy: 'Corrected in emulator.py',
  },
  'secret-punctuation': {
    aws: 'GenerateSecretString honours ExcludePunctuation',
    emulator: 'secrets made by a template hold punctuation all the same',
    remedy: 'Corrected in emulator.py',
  },
  'sqs-batch-permission': {
    aws: 'SendMessageBatch and its like need the permission of the single call: docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html',
    emulator: 'the batch calls of SQS ask for permissions that do not exist in AWS',
    remedy: 'Corrected in emulator.py',
  },
  'mapping-permissions': {
    aws: 'GetEventSourceMapping and UpdateEventSourceMapping are actions of their own: docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html',
    emulator: 'to look at one mapping asks for the permission to list all, and to change one for none',
    remedy: 'Corrected in emulator.py',
  },
  'metric-math': {
    aws: 'an alarm may watch an expression over several metrics',
    emulator: 'refuses a template with such an alarm',
    remedy:
      'Deployed by emulator.py as an alarm that never rings; test/infra holds the alarms of the template to their rules',
  },
  'table-protection': {
    aws: 'DeletionProtectionEnabled of the replica in its own region protects an AWS::DynamoDB::GlobalTable: docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-dynamodb-globaltable-replicaspecification.html',
    emulator: 'ignores what a template says of replicas',
    remedy: 'Corrected in emulator.py',
  },
  'schedule-pages': {
    aws: 'ListSchedules gives at most MaxResults schedules and a NextToken for those that follow, and refuses expressions that are none: docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html',
    emulator: 'gives the first ones and no token, and takes any expression',
    remedy:
      'Corrected in emulator.py, with small pages; expressions are left unchecked, so that every refusal of the import is met',
  },
  'message-moves': {
    aws: 'StartMessageMoveTask moves messages out of a dead-letter queue: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html',
    emulator: 'does not know that call',
    remedy: 'Skipped here; tested on the embedded engine',
  },
  'api-address': {
    aws: 'an API answers under its own host name',
    emulator: 'no name server knows that host, and neither does the emulator',
    remedy:
      'Tests send the id of the API in the path; browsers are led to the emulator, which emulator.py makes know the host',
  },
  'update-ends-runs': {
    aws: 'a function that is updated finishes what it is doing in the environments of before',
    emulator: 'an update kills the function’s processes, and with them the runs that they hold',
    remedy: 'The deployment under load expects each run once, or after a kill its next attempt',
  },
} as const satisfies Record<string, Difference>;

export type DifferenceId = keyof typeof DIFFERENCES;

/** True on the emulator. For `it.skipIf(differs('…'))`: says on the spot what is not tested here and why. */
export function differs(id: DifferenceId): boolean {
  if (process.env.ESCAPEMENT_AWS !== 'emulator') return false;
  const { aws, emulator, remedy } = DIFFERENCES[id];
  console.warn(`[${id}] AWS: ${aws}. Emulator: ${emulator}. ${remedy}.`);
  return true;
}
