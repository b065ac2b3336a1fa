import { makeAuthorizer } from '../../../functions/authorizer-handler.ts';
import { claimedExecution } from '../../../shared/domain/execution-births.ts';
import { fingerprintOf } from '../../../shared/domain/fingerprint.ts';
import { handedOff, hashOf, makeToken, tokenGiven } from '../../../shared/domain/hand-off.ts';
import { executionId, parseExecutionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { tokenVerifier } from '../../../shared/usecases/authenticate.ts';
import { aBulkJob } from '../../contracts/samples.ts';
import { type Asked, type Ids, TASK, WINDOW } from '../../support/every-route.ts';
import { type Answer, type ApiWorld, type Call, makeApiWorld } from './api-world.ts';

/** The tenant whose things nobody else may see; each is called private. */
export const OWNER = 'acme';

export interface Belongings {
  world: ApiWorld;
  ids: Ids;
  /** Asks, and wants a yes. */
  must(call: Call): Promise<Answer['body']>;
  /** With this Authorization header, through the authorizer. */
  ask(asked: Asked, authorization: string | undefined): Promise<Answer>;
}

/** One of everything of one tenant. */
export async function makeBelongings(): Promise<Belongings> {
  const world = makeApiWorld();
  const authorize = makeAuthorizer({ verifiers: [tokenVerifier(world)], log: world.log });
  const must = async (call: Call) => {
    const answer = await world.call({ tenant: OWNER, ...call });
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const put = (path: string, body: object) => must({ method: 'PUT', path, body });
  const post = (path: string, body: object = {}) => must({ method: 'POST', path, body });

  await must({ method: 'PUT', path: '/v1/tenants/private-tenant', body: {}, tenant: 'root' });
  await put('/v1/variables/private', { value: 'private' });
  await put('/v1/calendars/private', { name: 'private' });
  await put('/v1/tasks/private', {
    ...TASK,
    name: 'Private to acme',
    description: 'private',
    tags: ['private'],
    payload: { key: 'private' },
  });
  const run = await post('/v1/tasks/private/trigger');
  const dead = await post('/v1/tasks/private/trigger');
  killRun(world, dead.id);
  const other = await post('/v1/tasks/private/trigger');
  killRun(world, other.id);
  const fingerprint = fingerprintOf({ handler: TASK.handler });
  const ofQueue = '/v1/queues/default/dead-letters';
  await post(`${ofQueue}/resolve`, { ids: [other.id], note: 'private' });
  const first = await post('/v1/tasks/private/trigger');
  killRun(world, first.id);
  const { canary } = await post(`${ofQueue}/redrive`, { ids: [first.id], canary: true });
  await world.deadLetters.ignore({
    tenant: OWNER,
    queue: 'default',
    fingerprint: 'f'.repeat(16),
    at: 0,
    by: 'private',
  });
  const backfill = await post('/v1/tasks/private/backfill', WINDOW);
  const job = aBulkJob({ tenant: OWNER, filter: { tag: 'private' }, createdBy: 'token:private' });
  await world.bulkJobs.put(job);
  const token = await post('/v1/tokens', { role: 'viewer', name: 'private' });
  const pending = await handOffRun(world);
  return {
    world,
    must,
    ids: {
      tenant: 'private-tenant',
      task: 'private',
      run: run.id,
      dead: dead.id,
      ...pending,
      backfill: backfill.id,
      bulkJob: job.id,
      canary: canary.id,
      fingerprint,
      token: token.id,
      variable: 'private',
      calendar: 'private',
    },
    async ask(asked, authorization) {
      const headers = authorization === undefined ? {} : { authorization };
      const { context } = await authorize({ headers });
      return world.call({ ...asked, headers: { ...asked.headers, ...headers }, context });
    },
  };
}

/** The same history, of which nothing of the tenant is left: ids and instants to come are the same. */
export async function makeNothing(): Promise<Belongings> {
  const made = await makeBelongings();
  const { tables } = made.world;
  for (const table of [tables.states, tables.definitions]) for (const one of table.all()) table.delete(one);
  for (const one of tables.executions.all()) tables.executions.delete(one);
  for (const token of tables.tokens.values()) if (token.tenant === OWNER) tables.tokens.delete(token.id);
  const {
    documents,
    semaphores,
    rates,
    requests,
    variables,
    taskCounts,
    calendars,
    calendarUsers,
    bulkJobs,
  } = tables;
  for (const [key, { tenant }] of tables.audit) if (tenant === OWNER) tables.audit.delete(key);
  const { ignored, canaries } = tables;
  for (const kept of [
    documents,
    semaphores,
    rates,
    requests,
    variables,
    taskCounts,
    calendars,
    calendarUsers,
    bulkJobs,
    ignored,
    canaries,
  ])
    kept.clear();
  return made;
}

/** All that is stored of the tenant. */
export const belongings = ({ tables }: ApiWorld) => {
  const own = <T extends { tenant: string }>(all: Iterable<T>) =>
    [...all].filter(({ tenant }) => tenant === OWNER);
  const under = (map: Map<string, unknown>) =>
    [...map].filter(([key]) => key === OWNER || key.startsWith(`${OWNER}#`));
  return {
    states: own(tables.states.all()),
    definitions: own(tables.definitions.all()),
    executions: own(tables.executions.all()),
    calendars: own(tables.calendars.values()),
    bulkJobs: own(tables.bulkJobs.values()),
    tokens: own(tables.tokens.values()),
    audit: own(tables.audit.values()),
    variables: under(tables.variables),
    documents: under(tables.documents),
    ignored: under(tables.ignored),
    canaries: under(tables.canaries),
    requests: under(tables.requests),
  };
};

function killRun({ tables, clock }: ApiWorld, id: string): void {
  const key = parseExecutionId(id);
  const run = key && tables.executions.get({ tenant: OWNER, ...key });
  if (!run) throw new Error(`no run ${id}`);
  const nowMs = clock.nowMs();
  tables.executions.put({
    ...run,
    status: 'dead',
    reason: 'exhausted',
    letter: 'sent',
    finishedAt: nowMs,
    index: { set: 'dead', shard: 0, at: nowMs, queue: 'default' },
  });
}

/** A pending run, as an executor leaves it behind. */
async function handOffRun(world: ApiWorld): Promise<Pick<Ids, 'pending' | 'handOff'>> {
  const nowMs = world.clock.nowMs();
  const task = await world.tasks.read({ tenant: OWNER, taskId: 'private' });
  if (!task) throw new Error('no task');
  const key = { tenant: OWNER, taskId: 'private', occurrence: scheduledOccurrence(nowMs) };
  const claim = { owner: 'me', startedAt: nowMs, leaseUntil: nowMs + 70_000, missed: 0 };
  const run = claimedExecution(task, key, claim);
  await world.executions.insert(run);
  const handOff = makeToken(OWNER, 'secret');
  const given = await world.executions.update(key, tokenGiven(run, 'me', hashOf(handOff)));
  if (!given.ok) throw new Error('no token given');
  await world.executions.update(key, handedOff(given.record, { owner: 'me', nowMs, seconds: 600 }));
  return { pending: executionId(run), handOff };
}
