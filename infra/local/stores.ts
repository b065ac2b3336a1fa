import * as z from 'zod';
import type { DynamoEngine } from './dynamodb/engine.ts';
import { judge } from './iam/guard.ts';
import type { SqsEngine } from './sqs/engine.ts';
import { TemplateError } from './template/intrinsics.ts';
import type { Plan } from './template/plan.ts';
import type { QueuePlan, TablePlan } from './template/plan-stores.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const DescriptionSchema = z.object({
  Table: z.object({
    KeySchema,
    GlobalSecondaryIndexes: z
      .array(
        z.object({
          IndexName: z.string(),
          KeySchema,
          Projection: z.object({ ProjectionType: z.string().optional() }).loose(),
        }),
      )
      .default([]),
  }),
});

/** Makes the tables that are not there; refuses to go on with one of another shape. */
export async function ensureTables(engine: DynamoEngine, plans: TablePlan[]): Promise<void> {
  for (const plan of plans) {
    const described = await engine.call('DescribeTable', { TableName: plan.name });
    if (described.statusCode === 200) requireSameShape(plan, described.body);
    else await mustSucceed(engine, 'CreateTable', plan.create);
    if (plan.ttlAttribute === undefined || (await hasTtl(engine, plan))) continue;
    await mustSucceed(engine, 'UpdateTimeToLive', {
      TableName: plan.name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: plan.ttlAttribute },
    });
  }
}

async function hasTtl(engine: DynamoEngine, plan: TablePlan): Promise<boolean> {
  const { body } = await engine.call('DescribeTimeToLive', { TableName: plan.name });
  const Ttl = z.object({ TimeToLiveDescription: z.object({ AttributeName: z.string().optional() }) });
  const parsed = Ttl.safeParse(body);
  return parsed.success && parsed.data.TimeToLiveDescription.AttributeName === plan.ttlAttribute;
}

async function mustSucceed(engine: DynamoEngine, operation: string, input: unknown): Promise<void> {
  const { statusCode, body } = await engine.call(operation, input);
  if (statusCode !== 200) throw new Error(`${operation} failed: ${JSON.stringify(body)}`);
}

/** Keys of a stored table never change, in AWS neither; there CloudFormation would replace the table. */
function requireSameShape(plan: TablePlan, description: Record<string, unknown>): void {
  const stored = DescriptionSchema.parse(description).Table;
  const shape = (keys: z.infer<typeof KeySchema>, indexes: { IndexName: string; KeySchema: typeof keys }[]) =>
    JSON.stringify([
      keys.map((key) => `${key.AttributeName} ${key.KeyType}`),
      indexes.map((index) => [index.IndexName, index.KeySchema.map((key) => key.AttributeName)]).sort(),
    ]);
  if (shape(stored.KeySchema, stored.GlobalSecondaryIndexes) === shape(plan.keySchema, plan.indexes)) return;
  throw new TemplateError(
    `${plan.logicalId}: the data folder holds a table ${plan.name} with other keys or indexes; move the folder away, or set ESCAPEMENT_DATA to another one`,
  );
}

/**
 * Names of the queues that no function sends to, and of all dead-letter queues: they hold what nobody here could send
 * again. A letter is sent once, and its run says so.
 */
export function queuesToKeep(plan: Pick<Plan, 'queues' | 'functions' | 'access'>): Set<string> {
  const maySend = (resource: string) =>
    plan.functions.some((fn) => judge(plan, fn, { action: 'sqs:SendMessage', resource }) === 'allowed');
  const isForLetters = ({ arn }: QueuePlan) =>
    plan.queues.some(({ attributes }) => attributes.RedrivePolicy?.includes(`"${arn}"`));
  return new Set(
    plan.queues.filter((queue) => isForLetters(queue) || !maySend(queue.arn)).map(({ name }) => name),
  );
}

/** Dead-letter queues come first: a redrive policy may only name a queue that exists. */
export function ensureQueues(engine: SqsEngine, plans: QueuePlan[]): void {
  const isSource = (plan: QueuePlan) => plan.attributes.RedrivePolicy !== undefined;
  for (const plan of [...plans].sort((a, b) => Number(isSource(a)) - Number(isSource(b)))) {
    const { url, arn } = engine.createQueue(plan.name, plan.attributes);
    if (url !== plan.url || arn !== plan.arn)
      throw new Error(`${plan.logicalId}: promised as ${plan.url}, made as ${url}`);
  }
}
