import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Api, ApiCall } from './api-client.ts';
import { ENDED, pageOf, type Run, RunDocument, type Task, TaskDocument } from './documents.ts';
import { eventually } from './eventually.ts';

/** What one test makes, watches and takes away again. */
export interface ApiWorld {
  /** No other test, past or present, has this id. */
  newId(): string;
  /** Sends a request and refuses any other answer than the one named. */
  must(status: number, method: string, path: string, call?: ApiCall): Promise<unknown>;
  /** A task under a new id; by default one that echoes. */
  task(fields: { schedule: object; [field: string]: unknown }): Promise<Task>;
  /** A calendar under a new id, and a way to change it. */
  calendar(days: object): Promise<{ id: string; put(days: object): Promise<void> }>;
  read(taskId: string): Promise<Task>;
  /** All runs of a task, newest first. */
  runs(taskId: string): Promise<Run[]>;
  run(executionId: string): Promise<Run>;
  trigger(taskId: string, body?: object): Promise<Run>;
  /** Waits until the task has so many runs and all of them have ended. */
  ended(taskId: string, count?: number, timeoutMs?: number): Promise<Run[]>;
  /** Waits until the run has this status. */
  reached(executionId: string, status: Run['status'], timeoutMs?: number): Promise<Run>;
  cleanUp(): Promise<void>;
}

/** A machine that does much else takes its time. */
const PATIENCE_MS = 60_000;

export function openWorld(api: Api): ApiWorld {
  const ids = new Set<string>();
  const calendars = new Set<string>();

  const world: ApiWorld = {
    newId() {
      const id = `e2e-${randomUUID()}`;
      ids.add(id);
      return id;
    },
    async must(status, method, path, call) {
      const reply = await api.call(method, path, call);
      if (reply.status !== status)
        throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      return reply.body;
    },
    async task(fields) {
      const work = 'target' in fields ? {} : { handler: 'demo.echo' };
      const json = { name: 'End-to-end test', ...work, ...fields };
      return TaskDocument.parse(await world.must(201, 'PUT', `/v1/tasks/${world.newId()}`, { json }));
    },
    async calendar(days) {
      const id = `e2e-${randomUUID()}`;
      calendars.add(id);
      const put = async (changed: object, status = 200) => {
        await world.must(status, 'PUT', `/v1/calendars/${id}`, {
          json: { name: 'End-to-end test', ...changed },
        });
      };
      await put(days, 201);
      return { id, put: (changed) => put(changed) };
    },
    read: async (taskId) => TaskDocument.parse(await world.must(200, 'GET', `/v1/tasks/${taskId}`)),
    runs: (taskId) => readAll(world, `/v1/tasks/${taskId}/executions?limit=200`, RunDocument),
    run: async (id) =>
      RunDocument.parse(await world.must(200, 'GET', `/v1/executions/${encodeURIComponent(id)}`)),
    trigger: async (taskId, body) =>
      RunDocument.parse(
        await world.must(
          202,
          'POST',
          `/v1/tasks/${taskId}/trigger`,
          body === undefined ? {} : { json: body },
        ),
      ),
    ended: (taskId, count = 1, timeoutMs = PATIENCE_MS) =>
      eventually(
        async () => {
          const runs = await world.runs(taskId);
          if (runs.length < count || !runs.every(({ status }) => ENDED.has(status)))
            throw new Error(`expected ${count} ended run(s) of ${taskId}, got ${summary(runs)}`);
          return runs;
        },
        { timeoutMs },
      ),
    reached: (id, status, timeoutMs = PATIENCE_MS) =>
      eventually(
        async () => {
          const run = await world.run(id);
          if (run.status !== status) throw new Error(`expected ${status}, got ${summary([run])}`);
          return run;
        },
        { timeoutMs },
      ),
    async cleanUp() {
      await Promise.all([...ids].map((id) => api.call('DELETE', `/v1/tasks/${id}`)));
      await Promise.all([...calendars].map((id) => api.call('DELETE', `/v1/calendars/${id}`)));
    },
  };
  return world;
}

/** Follows the cursors to the end. */
export async function readAll<T extends z.ZodType>(
  { must }: Pick<ApiWorld, 'must'>,
  path: string,
  item: T,
): Promise<z.output<T>[]> {
  const items: z.output<T>[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: z.output<T>[]; nextCursor: string | null } = pageOf(item).parse(
      await must(200, 'GET', path + from),
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

const summary = (runs: Run[]): string =>
  JSON.stringify(
    runs.map(({ status, reason, attempt, errorMessage }) => ({ status, reason, attempt, errorMessage })),
  );
