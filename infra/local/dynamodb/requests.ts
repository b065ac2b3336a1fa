import batchGetItem from 'dynalite/validations/batchGetItem.js';
import batchWriteItem from 'dynalite/validations/batchWriteItem.js';
import deleteItem from 'dynalite/validations/deleteItem.js';
import getItem from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import putItem from 'dynalite/validations/putItem.js';
import query from 'dynalite/validations/query.js';
import scan from 'dynalite/validations/scan.js';
import updateItem from 'dynalite/validations/updateItem.js';
import type { AttributeValue, Item, Path } from './attribute-value.ts';
import type { CapacityDetail } from './capacity.ts';
import type { ParsedCondition } from './condition.ts';
import { cacheParsedExpressions } from './expression-cache.ts';
import { validationError } from './service-error.ts';
import type { ParsedUpdate } from './update-expression.ts';

/** Requests after validation. Fields that begin with an underscore are expressions, parsed by dynalite. */
interface OnTable {
  TableName: string;
  ReturnConsumedCapacity?: CapacityDetail;
}
export interface Conditional {
  _condition?: ParsedCondition;
  ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE';
}
export interface PutItemRequest extends OnTable, Conditional {
  Item: Item;
  ReturnValues?: string;
}
export interface DeleteItemRequest extends OnTable, Conditional {
  Key: Item;
  ReturnValues?: string;
}
export interface UpdateItemRequest extends OnTable, Conditional {
  Key: Item;
  ReturnValues?: string;
  _updates?: ParsedUpdate;
}
interface Projected {
  _projection?: { paths: Path[]; nestedPaths: Record<string, boolean> };
}
export interface GetItemRequest extends OnTable, Projected {
  Key: Item;
  ConsistentRead?: boolean;
}
export interface KeysAndAttributes extends Projected {
  Keys: Item[];
  ConsistentRead?: boolean;
  ProjectionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
}
export interface BatchGetItemRequest {
  RequestItems: Record<string, KeysAndAttributes>;
  ReturnConsumedCapacity?: CapacityDetail;
}
export interface BatchWriteItemRequest {
  RequestItems: Record<string, { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]>;
  ReturnConsumedCapacity?: CapacityDetail;
}
export interface PageRequest extends OnTable, Projected {
  IndexName?: string;
  Select?: string;
  Limit?: number;
  ExclusiveStartKey?: Item;
  ConsistentRead?: boolean;
  _filter?: ParsedCondition;
}
export interface KeyCondition {
  ComparisonOperator: string;
  AttributeValueList: AttributeValue[];
}
export interface QueryRequest extends PageRequest {
  KeyConditions: Record<string, KeyCondition>;
  ScanIndexForward?: boolean;
}
export interface ScanRequest extends PageRequest {
  Segment?: number;
  TotalSegments?: number;
}

interface Validation {
  types: Record<string, unknown>;
  custom?: (data: never, store: object) => string | undefined;
}

const CONDITION_FAILURE = {
  ReturnValuesOnConditionCheckFailure: { type: 'String', enum: ['ALL_OLD', 'NONE'] },
};
/** dynalite counts characters; item sizes are checked in bytes later, when the item is known. */
const NO_SIZE_CHECK = { options: { maxItemSize: Number.POSITIVE_INFINITY } };
/** Parameters of the API before expressions. Refused, so that nobody believes they had an effect. */
const LEGACY = [
  'Expected',
  'ConditionalOperator',
  'AttributeUpdates',
  'AttributesToGet',
  'QueryFilter',
  'ScanFilter',
];

cacheParsedExpressions();

function validator<Request>(validation: Validation, moreTypes: Record<string, unknown> = {}) {
  const types = { ...validation.types, ...moreTypes };
  return (input: unknown): Request => {
    refuseLegacy(input);
    const request = validations.checkTypes<Request>(input, types);
    validations.checkValidations(request, types, validation.custom, NO_SIZE_CHECK);
    return request;
  };
}

export function refuseLegacy(input: unknown): void {
  if (typeof input !== 'object' || input === null) throw validationError('The request is not a JSON object');
  for (const [name, value] of Object.entries(input)) {
    const legacy =
      LEGACY.includes(name) || (name === 'KeyConditions' && !('KeyConditionExpression' in input));
    if (legacy && value !== null)
      throw validationError(
        `The embedded engine does not know the legacy parameter ${name}; use expressions`,
      );
  }
}

export const putItemRequest = validator<PutItemRequest>(putItem, CONDITION_FAILURE);
export const deleteItemRequest = validator<DeleteItemRequest>(deleteItem, CONDITION_FAILURE);
export const updateItemRequest = validator<UpdateItemRequest>(updateItem, CONDITION_FAILURE);
export const getItemRequest = validator<GetItemRequest>(getItem);
export const batchGetItemRequest = validator<BatchGetItemRequest>(batchGetItem);
export const batchWriteItemRequest = validator<BatchWriteItemRequest>(batchWriteItem);
export const queryRequest = validator<QueryRequest>(query);
export const scanRequest = validator<ScanRequest>(scan, { ConsistentRead: 'Boolean' });
