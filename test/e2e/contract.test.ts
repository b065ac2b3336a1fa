import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseWorld, RawCall, Role, Send } from '../support/cases/case.ts';
import { callOf, runCases } from '../support/cases/contract-run.ts';
import { eventually } from '../support/eventually.ts';
import { type Contract, type GivenAnswer, makeContract } from '../support/openapi.ts';
import { target } from './target.ts';

/** Every operation of the served description, called over HTTP: no answer may be other than it says. */

const DONE_WITHIN_MS = 30_000;
/** Hundreds of requests, one after another. */
const ALL_WITHIN_MS = 600_000;
const random = () => randomBytes(8).toString('hex');
const tenants = { limited: `limited-${random()}`, another: `another-${random()}` };
const made: string[] = [];
const elsewhere: { id: string; tenant: string }[] = [];
const tokens = new Map<string, Promise<string>>();
let contract: Contract;

/** What throttles before the API is asked says so without a problem document: such a request is repeated. */
async function exchange(url: string, init: RequestInit): Promise<GivenAnswer> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(url, init);
    const headers = Object.fromEntries(response.headers);
    const isThrottled = [429, 503].includes(response.status) && !headers['content-type']?.includes('problem');
    if (!isThrottled || tries === 20)
      return { status: response.status, headers, text: await response.text() };
    await delay(100 * tries);
  }
}

async function tokenOf(tenant: string, role: Role): Promise<string> {
  if (tenant === 'root' && role === 'admin') return target.token;
  const body = { tenant, role, expiresInSeconds: 3600 };
  const known =
    tokens.get(`${tenant} ${role}`) ?? world.must('createToken', { body }).then(({ token }) => token);
  tokens.set(`${tenant} ${role}`, known);
  return known;
}

const send: Send = async ({ method, path, query, headers, text, role, tenant }: RawCall) =>
  exchange(`${target.url}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: {
      ...(role === null ? {} : { authorization: `Bearer ${await tokenOf(tenant, role)}` }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });

const world: CaseWorld = {
  newId() {
    const id = `contract-${random()}`;
    made.push(id);
    return id;
  },
  async must(operationId, request = {}) {
    const operation = contract.operations.find((one) => one.operationId === operationId);
    if (!operation) throw new Error(`there is no operation ${operationId}`);
    const { params, tenant } = request;
    if (operationId === 'putTask' && tenant) elsewhere.push({ id: params?.id ?? '', tenant });
    const { status, text } = await send(callOf(operation, request));
    if (status >= 300) throw new Error(`${operationId}: ${status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  },
  async deadRun() {
    const { id: run } = await triggered({ handler: 'demo.fail', payload: { nonRetryable: true } });
    await until('getExecution', run, ({ status }) => status === 'dead');
    return run;
  },
  async completedTask() {
    const id = world.newId();
    const body = { name: 'Contract', handler: 'demo.echo', schedule: { kind: 'now' } };
    await world.must('putTask', { params: { id }, body });
    await until('getTask', id, ({ status }) => status === 'completed');
    return id;
  },
  async handedOff() {
    const { id } = await triggered({ handler: 'demo.hand-off' });
    const run = await until('getExecution', id, ({ pending }) => pending === true);
    return { id, token: String(run.progress.message) };
  },
};

async function triggered(fields: object): Promise<{ id: string }> {
  const id = world.newId();
  const schedule = { kind: 'cron', expressions: ['0 2 * * *'] };
  await world.must('putTask', {
    params: { id },
    body: { name: 'Contract', queue: 'high', schedule, ...fields },
  });
  return world.must('triggerTask', { params: { id } });
}

const until = (operationId: string, id: string, holds: (body: Record<string, unknown>) => boolean) =>
  eventually(
    async () => {
      const body = await world.must(operationId, { params: { id } });
      expect(holds(body), JSON.stringify(body)).toBe(true);
      return body;
    },
    { timeoutMs: DONE_WITHIN_MS },
  );

beforeAll(async () => {
  contract = makeContract(await (await fetch(`${target.url}/v1/openapi.json`)).json());
  await world.must('putTenant', { params: { id: tenants.limited }, body: { ratePerMinute: 1 } });
  await world.must('putTenant', { params: { id: tenants.another }, body: {} });
});

afterAll(async () => {
  const drop = (operationId: string, id: string, tenant?: string) =>
    world.must(operationId, { params: { id }, ...(tenant && { tenant }) }).catch(() => 'it is gone already');
  // Tasks before the calendars that they use, and before their tenants.
  for (const { id, tenant } of elsewhere) await drop('deleteTask', id, tenant);
  for (const id of made) await drop('deleteTask', id);
  for (const id of made) await drop('deleteCalendar', id);
  for (const id of [...made, tenants.limited, tenants.another]) await drop('deleteTenant', id);
});

describe('over HTTP', () => {
  it('every operation answers as it is described, rightly called and refused', {
    timeout: ALL_WITHIN_MS,
  }, async () => {
    const faults = new Map<string, string[]>();
    for (const operation of contract.operations) {
      if (operation.method === 'HEAD') continue;
      const found = await runCases(contract, operation, world, send, tenants);
      if (found.faults.length > 0) faults.set(operation.operationId, found.faults);
    }
    expect(Object.fromEntries(faults)).toEqual({});
  });
});
