import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { RunDocument, type Task, TaskDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import type { KeptEngine } from './kept-engine.ts';
import { RECIPES, type Recipe, survives } from './recipes.ts';

/** What was asked of the engine and acknowledged: all of it must be there at the end. */
export interface Workload {
  readonly tag: string;
  readonly made: ReadonlyMap<string, { recipe: Recipe; acknowledged: Task }>;
  /** Names of tasks that were answered only when their time was over; they may be there or not. */
  readonly tooLate: ReadonlySet<string>;
  readonly sink: string;
  /** Ids of messages that the inbox took, each of which triggers `messaged` once. */
  readonly messages: readonly string[];
  readonly messaged: string;
  /** Paths that were answered with what stands behind them now. */
  readonly stored: readonly string[];
  /** Tasks that are due so late that a tick and a dispatcher must find them. */
  addLater(): Promise<void>;
  /** The next `count` tasks of all kinds, due in a moment, and whatever else an admin does. */
  add(count: number): Promise<void>;
}

/** What the engine must be started with. */
export const WORKLOAD_ENV = { ESCAPEMENT_EVENTS: JSON.stringify({ rules: {}, inbox: true }) };
const NEVER = { kind: 'once', at: '2100-01-01T00:00:00.000Z' };
const INVALID = 422;
const DUE_IN_MS = 2_000;
/** Beyond 150 s nobody but the clock hints. */
const LATER_MS = 165_000;
const LATER = 24;
const Made = z.looseObject({ id: z.string() });

export async function openWorkload(engine: KeptEngine, tag: string): Promise<Workload> {
  const sink = `${tag}-sink`;
  const messaged = `${tag}-messaged`;
  const made = new Map<string, { recipe: Recipe; acknowledged: Task }>();
  const tooLate = new Set<string>();
  const messages: string[] = [];
  const stored: string[] = [];
  const fixed = { handler: 'demo.count', payload: { key: 'crash' }, ...survives, schedule: NEVER };
  for (const id of [sink, messaged])
    await engine.insist([200, 201], 'PUT', `/v1/tasks/${id}`, { json: { name: id, ...fixed } });
  let count = 0;

  async function addOne(n: number, recipe = RECIPES[n % RECIPES.length], dueInMs = DUE_IN_MS): Promise<void> {
    if (!recipe) throw new Error('no recipe');
    const name = `${tag}-${n}`;
    const fields = recipe.fields({ base: Date.now() + dueInMs, sink, cap: `${tag}-cap` });
    const json = { name, tags: [tag], ...fields };
    // By turns under an id of ours, and under one that the API makes once for the key.
    const isPut = n % 2 === 0;
    const body = isPut
      ? await engine.insist([200, 201, INVALID], 'PUT', `/v1/tasks/${name}`, { json })
      : await engine.insist([201, INVALID], 'POST', '/v1/tasks', {
          json,
          headers: { 'idempotency-key': name },
        });
    if (JSON.stringify(body).includes('no occurrence is left')) return void tooLate.add(name);
    const task = TaskDocument.parse(body);
    made.set(task.id, { recipe, acknowledged: task });
    if (recipe.triggered)
      RunDocument.parse(
        await engine.insist([202], 'POST', `/v1/tasks/${task.id}/trigger`, {
          headers: { 'idempotency-key': `${name}-trigger` },
        }),
      );
  }

  async function addOther(n: number): Promise<void> {
    const calendar = `/v1/calendars/${tag}-${n}`;
    await engine.insist([200, 201], 'PUT', calendar, { json: { name: 'Crash', dates: ['2026-12-25'] } });
    const token = Made.parse(await engine.insist([201], 'POST', '/v1/tokens', { json: { role: 'viewer' } }));
    stored.push(calendar, `token ${token.id}`);
    await sendMessage(`${tag}-message-${n}`);
  }

  async function sendMessage(id: string): Promise<void> {
    const body = JSON.stringify({ v: 1, action: 'trigger', id, taskId: messaged });
    await eventually(
      () =>
        engine.withSqs(async (sqs) => {
          const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'escapement-inbox' }));
          await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
        }),
      { timeoutMs: 120_000 },
    );
    messages.push(id);
  }

  return {
    tag,
    made,
    tooLate,
    sink,
    messages,
    messaged,
    stored,
    async addLater() {
      for (let i = 0; i < LATER; i++, count++) await addOne(count, RECIPES[0], LATER_MS);
    },
    async add(more) {
      for (let i = 0; i < more; i++, count++) {
        await addOne(count);
        if (count % RECIPES.length === 0) await addOther(count);
      }
    },
  };
}
