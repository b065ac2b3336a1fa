import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';

/** Requests in the words of a trace. */

const keyText = (key: object | undefined): string => {
  const { pk, sk } = (key ?? {}) as { pk?: { S?: string }; sk?: { S?: string } };
  return `${pk?.S} ${sk?.S}`;
};

const valuesText = (values: object | undefined): string =>
  Object.values(values ?? {})
    .map((value) => (typeof value === 'object' ? Object.values(value ?? {})[0] : value))
    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
    .join(', ');

export const isDynamoWrite = (command: unknown): boolean =>
  !(
    command instanceof GetItemCommand ||
    command instanceof QueryCommand ||
    command instanceof BatchGetItemCommand
  );

export function describeDynamo(command: unknown): string {
  if (command instanceof GetItemCommand) return `reads ${keyText(command.input.Key)}`;
  if (command instanceof BatchGetItemCommand)
    return `reads ${Object.values(command.input.RequestItems ?? {})
      .flatMap(({ Keys = [] }) => Keys.map(keyText))
      .join(' and ')}`;
  if (command instanceof QueryCommand)
    return `looks at ${valuesText(command.input.ExpressionAttributeValues)}`;
  if (command instanceof PutItemCommand)
    return `puts ${keyText(command.input.Item)} ${command.input.Item?.status?.S ?? ''}${command.input.ConditionExpression ? ' if' : ''}`;
  if (command instanceof DeleteItemCommand) return `deletes ${keyText(command.input.Key)}`;
  if (command instanceof UpdateItemCommand)
    return `updates ${keyText(command.input.Key)}: ${command.input.UpdateExpression} IF ${command.input.ConditionExpression} (${valuesText(command.input.ExpressionAttributeValues)})`;
  if (command instanceof TransactWriteItemsCommand)
    return `writes together ${(command.input.TransactItems ?? [])
      .map(({ Put, Update, Delete, ConditionCheck }) =>
        keyText(Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key),
      )
      .join(' and ')}`;
  return 'sends something';
}

export function describeSqs(command: unknown): string {
  if (command instanceof SendMessageBatchCommand)
    return `sends to ${command.input.QueueUrl}: ${(command.input.Entries ?? [])
      .map(({ MessageBody, DelaySeconds = 0 }) => `${MessageBody} in ${DelaySeconds} s`)
      .join('; ')}`;
  if (command instanceof SendMessageCommand)
    return `sends to ${command.input.QueueUrl}: ${command.input.MessageBody}`;
  if (command instanceof ChangeMessageVisibilityCommand)
    return `keeps a message for ${command.input.VisibilityTimeout} s`;
  return 'asks a queue';
}
