import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { mapBounded } from '../../shared/domain/map-bounded.ts';
import type { RunningEngine } from '../support/start-engine.ts';

/** What a person could do with a running engine: make tasks over HTTP, wait, read what became of them. */

const REQUESTS_AT_ONCE = 8;
const PAGE = 200;
const LOOK_EVERY_MS = 100;
const PATIENCE_MS = 180_000;

const Run = z.object({
  id: z.string(),
  status: z.string(),
  scheduledAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  latenessMs: z.number().nullable(),
});
const Page = z.object({ items: z.array(Run), nextCursor: z.string().nullable() });

export interface FinishedRun {
  scheduledAt: number;
  startedAt: number;
  finishedAt: number;
  latenessMs: number;
}

export async function createTasks(engine: RunningEngine, bodies: object[]): Promise<void> {
  await mapBounded(bodies, REQUESTS_AT_ONCE, async (json) => {
    const { status, body } = await engine.api('POST', '/v1/tasks', json);
    if (status !== 201) throw new Error(`a task was not created: ${status} ${JSON.stringify(body)}`);
  });
}

export const oneTime = (tag: string, schedule: object) => ({
  name: tag,
  handler: 'demo.echo',
  payload: { n: 1 },
  tags: [tag],
  schedule,
});

/**
 * All runs of the tag, when so many have succeeded. Asking for the queue's depth disturbs the least; where others fill it for
 * longer (`drains: false`) only the list can tell.
 */
export async function finishedRuns(
  engine: RunningEngine,
  q: { tag: string; count: number; lastDueAt: number; patienceMs?: number; drains?: boolean },
): Promise<FinishedRun[]> {
  const { tag, count, lastDueAt, patienceMs = PATIENCE_MS } = q;
  await delay(Math.max(0, lastDueAt - Date.now()));
  const until = performance.now() + patienceMs;
  if (q.drains !== false) await untilDrained(engine, until);
  for (;;) {
    const runs = await listRuns(engine, tag);
    const finished = runs.flatMap(({ scheduledAt, startedAt, finishedAt, latenessMs, status }) =>
      status === 'success' && startedAt !== null && finishedAt !== null && latenessMs !== null
        ? {
            scheduledAt: Date.parse(scheduledAt),
            startedAt: Date.parse(startedAt),
            finishedAt: Date.parse(finishedAt),
            latenessMs,
          }
        : [],
    );
    if (finished.length === count) return finished;
    if (performance.now() > until) throw new Error(`${finished.length} of ${count} runs of ${tag} succeeded`);
    await delay(LOOK_EVERY_MS);
  }
}

async function listRuns(engine: RunningEngine, tag: string): Promise<z.infer<typeof Run>[]> {
  const runs: z.infer<typeof Run>[] = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await engine.api('GET', `/v1/executions?tag=${tag}&limit=${PAGE}${cursor}`);
    if (status !== 200) throw new Error(`runs were not listed: ${status} ${JSON.stringify(body)}`);
    const { items, nextCursor } = Page.parse(body);
    runs.push(...items);
    if (nextCursor === null) return runs;
    cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
  }
}

async function untilDrained(engine: RunningEngine, until: number): Promise<void> {
  const client = queueClient(engine);
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'escapement-default' }));
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  for (;;) {
    const { Attributes = {} } = await client.send(command);
    const left = Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
    if (left === 0) break;
    if (performance.now() > until) throw new Error(`${left} messages are left`);
    await delay(LOOK_EVERY_MS);
  }
  client.destroy();
}

/** The engine says at start where it serves SQS and DynamoDB; any keys will do. */
export function awsConfig(engine: RunningEngine) {
  const endpoint = /AWS endpoint: (http:\S+)/.exec(engine.output())?.[1];
  if (endpoint === undefined) throw new Error(`the engine names no AWS endpoint:\n${engine.output()}`);
  return {
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  };
}
export const queueClient = (engine: RunningEngine) => new SQSClient(awsConfig(engine));
