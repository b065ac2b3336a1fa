import type { Command } from '@commander-js/extra-typings';
import { type Client, ProblemError, type Tenant, type TenantInput } from '../client.ts';
import { misused } from './failure.ts';
import { type Cli, open, show } from './session.ts';
import { card, table } from './table.ts';
import { count, moment } from './words.ts';

const NONE = 'none';
/** Not null yet, which commander takes for an empty text. */
const limit = (text: string): number | typeof NONE => (text === NONE ? text : count(text));
const shown = (value: number | null): string => (value === null ? NONE : String(value));

const tenantCard = (tenant: Tenant, nowMs: number): string =>
  card([
    ['id', tenant.id],
    ['name', tenant.name ?? '-'],
    ['tasks', `${tenant.tasks}, at most ${shown(tenant.maxTasks)}`],
    ['runs at the same time', `at most ${shown(tenant.maxConcurrency)}`],
    ['requests in a minute', `at most ${shown(tenant.ratePerMinute)}`],
    ['created', `${moment(tenant.createdAt, nowMs)} by ${tenant.createdBy}`],
  ]);

export function addTenants(program: Command, cli: Cli): void {
  const tenants = program
    .command('tenants')
    .description('Who shares the deployment, and how much of it each may have; for administrators of root');
  tenants
    .command('list')
    .description('List them with their limits')
    .action(async () => {
      const { client } = await open(cli);
      const found = await client.tenants.list({ limit: 200 }).toArray();
      show(cli, found, () =>
        table(
          ['id', 'name', 'tasks', 'max tasks', 'max runs', 'requests/min'],
          found.map((tenant) => [
            tenant.id,
            tenant.name ?? '',
            tenant.tasks,
            shown(tenant.maxTasks),
            shown(tenant.maxConcurrency),
            shown(tenant.ratePerMinute),
          ]),
        ),
      );
    });
  tenants
    .command('get')
    .description('Show one')
    .argument('<id>')
    .action(async (id) => {
      const { client, nowMs } = await open(cli);
      const tenant = await client.tenants.get(id);
      show(cli, tenant, () => tenantCard(tenant, nowMs));
    });
  tenants
    .command('set')
    .description('Make one, or change its limits; "none" takes a limit away, what is not said stays')
    .argument('<id>')
    .option('--name <text>', 'for people')
    .option('--max-tasks <n>', 'tasks that are not deleted', limit)
    .option('--max-concurrency <n>', 'runs at the same time; others wait', limit)
    .option('--rate-per-minute <n>', 'requests to the API', limit)
    .action(async (id, options) => {
      const said = Object.fromEntries(
        Object.entries(options)
          .filter(([, value]) => value !== undefined)
          .map(([field, value]) => [field, value === NONE ? null : value]),
      );
      const { client, nowMs } = await open(cli);
      const stands = await limitsOf(client, id);
      if (stands !== undefined && Object.keys(said).length === 0)
        throw misused('Say what: --name, --max-tasks, --max-concurrency or --rate-per-minute');
      const tenant = await client.tenants.put(id, { ...stands, ...said });
      show(cli, tenant, () => tenantCard(tenant, nowMs));
    });
  tenants
    .command('delete')
    .description('Delete tenants; one that has tasks is refused')
    .argument('<ids...>')
    .action(async (ids) => {
      const { client } = await open(cli);
      for (const id of ids) await client.tenants.delete(id);
      show(cli, { deleted: ids }, () => `Deleted ${ids.join(', ')}`);
    });
}

const NOT_FOUND = 404;

/** undefined when there is none. */
async function limitsOf(client: Client, id: string): Promise<TenantInput | undefined> {
  try {
    const { name, maxTasks, maxConcurrency, ratePerMinute } = await client.tenants.get(id);
    return { name, maxTasks, maxConcurrency, ratePerMinute };
  } catch (error) {
    if (error instanceof ProblemError && error.status === NOT_FOUND) return undefined;
    throw error;
  }
}
