import * as z from 'zod';
import { bool, int, parseAll } from './properties.ts';
import type { Resource } from './scope.ts';

export interface TablePlan {
  logicalId: string;
  name: string;
  keySchema: KeySchema;
  indexes: IndexPlan[];
  /** Input of CreateTable. */
  create: Record<string, unknown>;
  /** Attribute of TimeToLive, when the template has one. */
  ttlAttribute: string | undefined;
}
export interface QueuePlan {
  logicalId: string;
  name: string;
  arn: string;
  url: string;
  /** As CreateQueue takes them: strings. */
  attributes: Record<string, string>;
}
export interface SecretPlan {
  logicalId: string;
  arn: string;
  name: string;
  value: { kind: 'given'; text: string } | { kind: 'generated'; recipe: SecretRecipe };
}

const KeySchemaSchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
export type KeySchema = z.infer<typeof KeySchemaSchema>;
const IndexSchema = z.object({
  IndexName: z.string(),
  KeySchema: KeySchemaSchema,
  Projection: z.object({
    ProjectionType: z.string().optional(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});
export type IndexPlan = z.infer<typeof IndexSchema>;
const TableSchema = z.object({
  KeySchema: KeySchemaSchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z.array(IndexSchema).optional(),
  LocalSecondaryIndexes: z.array(IndexSchema).optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string().optional(), Enabled: bool }).optional(),
});

export function planTables(resources: Resource[]): TablePlan[] {
  const types = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
  return parseAll(resources, types, TableSchema).map(({ resource, properties }) => {
    const { TimeToLiveSpecification: ttl, KeySchema, AttributeDefinitions } = properties;
    const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
    return {
      logicalId: resource.logicalId,
      name: resource.name,
      keySchema: KeySchema,
      indexes: GlobalSecondaryIndexes ?? [],
      create: {
        TableName: resource.name,
        // On-demand whatever the template says: a laptop has no capacity to provision.
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema,
        AttributeDefinitions,
        ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
        ...(LocalSecondaryIndexes && { LocalSecondaryIndexes }),
      },
      ttlAttribute: ttl?.Enabled ? ttl.AttributeName : undefined,
    };
  });
}

/** CloudFormation's properties that are attributes of the SQS API as well; the rest concerns AWS only. */
const QUEUE_ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DelaySeconds',
  'FifoQueue',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'VisibilityTimeout',
] as const;
const scalar = z.union([z.string(), z.number(), z.boolean()]).optional();
const QueueSchema = z.object({
  ContentBasedDeduplication: scalar,
  DelaySeconds: scalar,
  FifoQueue: scalar,
  MaximumMessageSize: scalar,
  MessageRetentionPeriod: scalar,
  ReceiveMessageWaitTimeSeconds: scalar,
  VisibilityTimeout: scalar,
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: int }).loose().optional(),
  RedriveAllowPolicy: z.looseObject({}).optional(),
});

export function planQueues(resources: Resource[]): QueuePlan[] {
  return parseAll(resources, 'AWS::SQS::Queue', QueueSchema).map(({ resource, properties }) => {
    const attributes: Record<string, string> = {};
    for (const name of QUEUE_ATTRIBUTES) {
      const value = properties[name];
      if (value !== undefined)
        attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
    }
    return {
      logicalId: resource.logicalId,
      name: resource.name,
      arn: resource.arn,
      url: resource.ref,
      attributes,
    };
  });
}

export const RecipeSchema = z.object({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: int.min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: bool.default(false),
  ExcludeUppercase: bool.default(false),
  ExcludeNumbers: bool.default(false),
  ExcludePunctuation: bool.default(false),
  IncludeSpace: bool.default(false),
  RequireEachIncludedType: bool.default(true),
});
export type SecretRecipe = z.infer<typeof RecipeSchema>;
const SecretSchema = z.object({
  SecretString: z.string().optional(),
  GenerateSecretString: RecipeSchema.optional(),
});

export function planSecrets(resources: Resource[]): SecretPlan[] {
  return parseAll(resources, 'AWS::SecretsManager::Secret', SecretSchema).map(({ resource, properties }) => ({
    logicalId: resource.logicalId,
    name: resource.name,
    arn: resource.ref,
    value:
      properties.SecretString !== undefined
        ? { kind: 'given', text: properties.SecretString }
        : { kind: 'generated', recipe: properties.GenerateSecretString ?? RecipeSchema.parse({}) },
  }));
}
