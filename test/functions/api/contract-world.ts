import { claimedExecution } from '../../../shared/domain/execution-births.ts';
import { handedOff, hashOf, makeToken, tokenGiven } from '../../../shared/domain/hand-off.ts';
import { executionId, parseExecutionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { CaseWorld, Send } from '../../support/cases/case.ts';
import { callOf } from '../../support/cases/contract-run.ts';
import type { Contract } from '../../support/openapi.ts';
import { makeApiWorld } from './api-world.ts';

export const TENANTS = { limited: 'limited', another: 'another' };
const tenant = 'root';

/** The API over memory ports as the cases of the contract see it. */
export function makeContractWorld(contract: Contract) {
  const api = makeApiWorld();
  const since = { createdAt: 0, createdBy: 'token:test', updatedAt: 0, tasks: 0 };
  const { limited, another } = TENANTS;
  api.tables.tenants.set(another, { id: another, ...since });
  api.tables.tenants.set(limited, { id: limited, ...since, ratePerMinute: 1 });

  const send: Send = async ({ text, ...call }) => {
    const { status, headers, body } = await api.call({ ...call, body: text });
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, headers: { ...headers }, text: sent };
  };

  let ids = 0;
  const world: CaseWorld = {
    newId: () => `made-${++ids}`,
    async must(operationId, request = {}) {
      const operation = contract.operations.find((one) => one.operationId === operationId);
      if (!operation) throw new Error(`there is no operation ${operationId}`);
      const { status, text } = await send(callOf(operation, request));
      if (status >= 300) throw new Error(`${operationId}: ${status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    async deadRun() {
      const { id } = await api.create({ queue: 'high' });
      const run = await world.must('triggerTask', { params: { id } });
      const key = parseExecutionId(run.id);
      const row = key && api.tables.executions.get({ tenant, ...key });
      if (!row) throw new Error('there is no run');
      const at = api.clock.nowMs();
      const index = { set: 'dead', shard: 0, at, queue: 'high' } as const;
      api.tables.executions.put({ ...row, status: 'dead', reason: 'exhausted', finishedAt: at, index });
      return run.id;
    },
    async completedTask() {
      const { id: taskId } = await api.create();
      const state = api.tables.states.get({ tenant, taskId });
      if (!state) throw new Error('there is no task');
      const { nextRunAt: _due, index: _index, ...rest } = state;
      api.tables.states.put({ ...rest, status: 'completed' });
      return taskId;
    },
    async handedOff() {
      const { id: taskId } = await api.create();
      const task = await api.tasks.read({ tenant, taskId });
      if (!task) throw new Error('there is no task');
      const nowMs = api.clock.nowMs();
      const key = { tenant, taskId, occurrence: scheduledOccurrence(nowMs) };
      const claim = { owner: 'me', startedAt: nowMs, leaseUntil: nowMs + 70_000, missed: 0 };
      const run = claimedExecution(task, key, claim);
      await api.executions.insert(run);
      const token = makeToken(tenant, 'secret');
      const given = await api.executions.update(key, tokenGiven(run, 'me', hashOf(token)));
      if (!given.ok) throw new Error('no token given');
      const change = handedOff(given.record, { owner: 'me', nowMs, seconds: 600 });
      if (!(await api.executions.update(key, change)).ok) throw new Error('not handed off');
      return { id: executionId(run), token };
    },
  };
  return { api, send, world };
}
