import { arn } from '../template/resource-types.ts';

/** What a call needs to be allowed, all of it. */
export interface Need {
  action: string;
  resource: string;
  /** Of DynamoDB's transactions: the operation that the action is part of. */
  enclosing?: string;
}
/** Prefixes of the actions that the engine decides about; what is granted or denied of other services does not matter here. */
export const JUDGED_SERVICES = ['dynamodb', 'sqs', 'secretsmanager', 'events', 'lambda', 'sts'];
/** Nothing when the input names nothing: the service refuses such a call by itself. */
export type Needs = (operation: string, input: unknown) => Need[];

const field = (input: unknown, name: string): unknown =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? Reflect.get(input, name) : undefined;
const text = (input: unknown, name: string): string | undefined => {
  const value = field(input, name);
  return typeof value === 'string' ? value : undefined;
};

const tableArn = (table: string) => (table.startsWith('arn:') ? table : arn('dynamodb', `table/${table}`));
const TRANSACTIONS: Record<string, Record<string, string>> = {
  TransactGetItems: { Get: 'GetItem' },
  TransactWriteItems: {
    Put: 'PutItem',
    Update: 'UpdateItem',
    Delete: 'DeleteItem',
    ConditionCheck: 'ConditionCheckItem',
  },
};

/**
 * docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html; the parts of a transaction
 * need the actions of their own: docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
export const dynamodbNeeds: Needs = (operation, input) => {
  const action = `dynamodb:${operation}`;
  if (operation === 'ListTables') return [{ action, resource: '*' }];
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    const tables = field(input, 'RequestItems');
    return Object.keys(typeof tables === 'object' ? (tables ?? {}) : {}).map((table) => ({
      action,
      resource: tableArn(table),
    }));
  }
  const parts = TRANSACTIONS[operation];
  if (parts) {
    const items = field(input, 'TransactItems');
    return (Array.isArray(items) ? items : []).flatMap((item: unknown) =>
      Object.entries(parts).flatMap(([part, partOperation]) => {
        const table = text(field(item, part), 'TableName');
        if (table === undefined) return [];
        return [{ action: `dynamodb:${partOperation}`, resource: tableArn(table), enclosing: operation }];
      }),
    );
  }
  const table = text(input, 'TableName');
  if (table === undefined) return [];
  const index = text(input, 'IndexName');
  return [{ action, resource: tableArn(table) + (index === undefined ? '' : `/index/${index}`) }];
};

const queueArn = (name: string) => arn('sqs', name);
const nameInUrl = (url: string) => url.split('/').at(-1) ?? '';
/** StartMessageMoveTask moves in the caller's name. */
const MOVE = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html: batches have no action of their own. */
export const sqsNeeds: Needs = (operation, input) => {
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const url = text(input, 'QueueUrl');
  if (url !== undefined) return [{ action, resource: queueArn(nameInUrl(url)) }];
  const name = text(input, 'QueueName');
  if (name !== undefined) return [{ action, resource: queueArn(name) }];
  if (operation === 'ListQueues') return [{ action, resource: queueArn('*') }];
  const source = text(input, 'SourceArn') ?? sourceOfMove(text(input, 'TaskHandle'));
  if (source === undefined) return [];
  if (operation !== 'StartMessageMoveTask') return [{ action, resource: source }];
  const destination = text(input, 'DestinationArn');
  return [
    { action, resource: source },
    ...MOVE.map((one) => ({ action: `sqs:${one}`, resource: source })),
    ...(destination === undefined ? [] : [{ action: 'sqs:SendMessage', resource: destination }]),
  ];
};

/** A handle says whose messages it moves; one that does not is refused by the service. */
function sourceOfMove(handle: string | undefined): string | undefined {
  try {
    return text(JSON.parse(Buffer.from(handle ?? '', 'base64').toString()), 'sourceArn');
  } catch {
    return undefined;
  }
}

/** Events go to the bus that each entry names, or to the account's own. */
export const eventsNeeds: Needs = (operation, input) => {
  const entries = field(input, 'Entries');
  const buses = (Array.isArray(entries) ? entries : []).map(
    (entry: unknown) => text(entry, 'EventBusName') ?? 'default',
  );
  return [...new Set(buses)].map((bus) => ({
    action: `events:${operation}`,
    resource: bus.startsWith('arn:') ? bus : arn('events', `event-bus/${bus}`),
  }));
};

/** Secrets go by name or ARN; policies speak of ARNs. */
export function secretsNeeds(secrets: { name: string; arn: string }[]): Needs {
  return (operation, input) => {
    const id = text(input, 'SecretId');
    if (id === undefined) return [];
    const secret = secrets.find(({ name, arn: own }) => name === id || own === id);
    return [{ action: `secretsmanager:${operation}`, resource: secret?.arn ?? id }];
  };
}

/** docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const lambdaNeeds: Needs = (operation, input) => {
  const action = `lambda:${operation}`;
  if (operation === 'ListEventSourceMappings') return [{ action, resource: '*' }];
  const id = text(input, 'UUID');
  return id === undefined ? [] : [{ action, resource: arn('lambda', `event-source-mapping:${id}`) }];
};
