import { type Client, ProblemError } from '../../shared/client/client.ts';
import { mapBounded } from '../../shared/domain/map-bounded.ts';
import { BACKFILLED, branchTasks, CALENDARS, type DemoTask, PAUSED, TASKS, TRIGGERED } from './company.ts';

export interface FillOptions {
  /** Tasks in all; those beyond the company's own are its branches'. */
  tasks?: number;
  /** Hears what is done. */
  say?: (line: string) => void;
  nowMs?: number;
}

/** Requests under way at a time. */
const WIDTH = 8;
const HOUR_MS = 3_600_000;

/** Fills a scheduler with the company's tasks and some of its past. Once more, it changes nothing that is there already. */
export async function fillCompany(client: Client, options: FillOptions = {}): Promise<void> {
  const { say = () => {}, nowMs = Date.now() } = options;
  const branches = branchTasks(Math.max(0, (options.tasks ?? 0) - TASKS.length));
  for (const [id, calendar] of Object.entries(CALENDARS)) await client.calendars.put(id, calendar);
  await client.variables.put('baseCurrency', 'EUR');

  const handlers = new Set((await client.handlers().page()).items.map(({ name }) => name));
  const put = (task: DemoTask) => {
    const { id, ...input } = handlers.has(task.handler) ? task : standIn(task);
    return client.tasks.put(id, input);
  };
  // Those first that others name as what follows them.
  const { true: linked = [], false: alone = [] } = Object.groupBy(TASKS, (task) =>
    String(task.onSuccess !== undefined),
  );
  await mapBounded(alone, WIDTH, put);
  await mapBounded(linked, WIDTH, put);
  say(`${TASKS.length} tasks`);
  let made = 0;
  await mapBounded(branches, WIDTH, async (task) => {
    await put(task);
    if (++made % 500 === 0) say(`${made} of ${branches.length} tasks of branches`);
  });

  for (const [id, reason] of Object.entries(PAUSED)) await client.tasks.pause(id, { reason });
  for (const id of TRIGGERED) await client.tasks.trigger(id, {}, { idempotencyKey: `demo-${id}` });
  const to = new Date(nowMs).toISOString();
  for (const [id, hours] of Object.entries(BACKFILLED)) {
    const from = new Date(nowMs - hours * HOUR_MS).toISOString();
    const { created } = await client.tasks.backfill(id, { from, to, concurrency: 5 });
    say(`${created} past runs of ${id}`);
  }
  await client.queues.patch('low', { workers: 4 });
  await fillAccess(client);
  say('a tenant, tokens and what the audit log tells of them');
}

/** For a scheduler without the company's handlers. */
function standIn(task: DemoTask): DemoTask {
  if (task.id in BACKFILLED && task.retry)
    return { ...task, handler: 'demo.fail', payload: { message: `${task.name} fails` } };
  return { ...task, handler: 'demo.sleep', payload: { seconds: 2 } };
}

async function fillAccess(client: Client): Promise<void> {
  try {
    await client.tenants.put('subsidiary', {
      name: 'The subsidiary in Lyon',
      maxTasks: 200,
      ratePerMinute: 600,
    });
    const names = new Set((await client.tokens.list().page()).items.map(({ name }) => name));
    const tokens = [
      { name: 'Deployments', role: 'operator' },
      { name: 'Dashboard in the hall', role: 'viewer', expiresInSeconds: 30 * 86_400 },
      { name: 'On call', role: 'operator', expiresInSeconds: 7 * 86_400 },
    ] as const;
    for (const token of tokens) if (!names.has(token.name)) await client.tokens.create(token);
  } catch (error) {
    // A token of another tenant fills that one, and there are no others to see from it.
    if (!(error instanceof ProblemError && error.status === 403)) throw error;
  }
}
