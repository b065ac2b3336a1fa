import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Resource, resourcesOf, variants } from './variant-templates.ts';
import { VARIANTS } from './variants.ts';

const Table = z.object({
  SSESpecification: z.union([
    // The key that DynamoDB owns; a table cannot be without one.
    z.object({ SSEEnabled: z.literal(false) }),
    z.object({ SSEEnabled: z.literal(true), SSEType: z.literal('KMS') }),
  ]),
  Replicas: z.array(z.object({ SSESpecification: z.object({ KMSMasterKeyId: z.unknown() }).optional() })),
});
const Queue = z.object({
  KmsMasterKeyId: z.unknown().optional(),
  SqsManagedSseEnabled: z.boolean().optional(),
});
const Keyed = z.object({ KmsKeyId: z.unknown().optional() });
const Topic = z.object({ KmsMasterKeyId: z.unknown().optional() });

const AWS_KEY = 'a key that AWS keeps';
type KeyOf = (properties: Resource['properties']) => unknown;

/** Whatever keeps something, and the key that it is encrypted with; undefined when there is none. */
const STORES: Readonly<Record<string, KeyOf>> = {
  'AWS::DynamoDB::GlobalTable': (properties) => {
    const { SSESpecification, Replicas } = Table.parse(properties);
    return SSESpecification.SSEEnabled ? Replicas[0]?.SSESpecification?.KMSMasterKeyId : AWS_KEY;
  },
  'AWS::SQS::Queue': (properties) => {
    const { KmsMasterKeyId, SqsManagedSseEnabled } = Queue.parse(properties);
    return KmsMasterKeyId ?? (SqsManagedSseEnabled ? AWS_KEY : undefined);
  },
  // Secrets Manager and CloudWatch Logs encrypt everything, with a key of theirs unless another is named.
  'AWS::SecretsManager::Secret': (properties) => Keyed.parse(properties).KmsKeyId ?? AWS_KEY,
  'AWS::Logs::LogGroup': (properties) => Keyed.parse(properties).KmsKeyId ?? AWS_KEY,
  'AWS::SNS::Topic': (properties) => Topic.parse(properties).KmsMasterKeyId,
};

/** These pass things on or describe something, and keep nothing of a task. */
const KEEPS_NOTHING =
  /^Custom::EscapementTask$|^AWS::(ApiGatewayV2|CloudWatch|EC2|IAM|Lambda|Scheduler|KMS)::|^AWS::(SQS::Queue|SNS::Topic)Policy$|^AWS::Events::(Rule|EventBus)$/;

describe.each(variants)('at rest, in %s', (variant) => {
  const resources = resourcesOf(variant);

  it('every table, queue, topic, secret and log is encrypted', () => {
    const stores = resources.filter(({ type }) => STORES[type]);
    expect(stores.length).toBeGreaterThan(15);
    for (const { id, type, properties } of stores) expect(STORES[type]?.(properties), id).toBeDefined();
  });

  it('nothing else keeps anything', () => {
    const others = resources.filter(({ type }) => !STORES[type] && !KEEPS_NOTHING.test(type));
    expect(others.map(({ id }) => id)).toEqual([]);
  });

  it('one key of the operator is used for all of it, where there is one', () => {
    const { kmsKeyArn } = VARIANTS[variant] ?? {};
    for (const { id, type, properties } of resources) {
      // The topic’s key is one that lets CloudWatch in.
      if (!STORES[type] || type === 'AWS::SNS::Topic') continue;
      expect(STORES[type](properties), id).toBe(kmsKeyArn ?? AWS_KEY);
    }
  });
});
