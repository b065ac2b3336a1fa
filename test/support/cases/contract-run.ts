import type { Contract, DocumentedOperation, GivenAnswer } from '../openapi.ts';
import type { CaseRequest, CaseWorld, RawCall, Role, Send } from './case.ts';
import { cases } from './index.ts';
import { type OtherTenants, type Refusal, refusalsOf, roleOf } from './refusals.ts';

/** Calls one operation in all its cases, and finds what is not as the description says. */
export async function runCases(
  contract: Contract,
  operation: DocumentedOperation,
  world: CaseWorld,
  send: Send,
  tenants: OtherTenants,
): Promise<{ seen: Set<number>; faults: string[] }> {
  const own = cases[operation.operationId];
  if (!own) return { seen: new Set(), faults: ['has no case: add one to test/support/cases/'] };
  const seen = new Set<number>();
  const faults: string[] = [];
  const judge = (expected: number, answer: GivenAnswer, judging = operation) => {
    seen.add(answer.status);
    const wrong = contract.faultsOf(judging, answer);
    if (answer.status !== expected) wrong.push(`expected ${expected}`);
    if (wrong.length > 0) faults.push(`${answer.status} ${answer.text.slice(0, 300)}: ${wrong.join('; ')}`);
  };

  const taken = await own[0].request(world);
  for (const refusal of refusalsOf(contract, operation, taken, tenants))
    judge(refusal.status, await refused(operation, refusal, send));
  for (const [index, { status, request }] of own.entries()) {
    const given = index === 0 ? taken : await request(world);
    judge(status, await send(callOf(operation, given)));
  }
  const head = contract.operations.find((one) => one.operationId === `${operation.operationId}Head`);
  if (head) {
    judge(own[0].status, await send(callOf(head, taken)), head);
    if (roleOf(head)) judge(401, await send(callOf(head, { ...taken, role: null })), head);
  }
  return { seen, faults };
}

/** The first of the answers that is the refusal; a limit is reached after some requests. */
async function refused(operation: DocumentedOperation, refusal: Refusal, send: Send): Promise<GivenAnswer> {
  const { request, method, text, times = 1, status } = refusal;
  const call = callOf(operation, request);
  const changed = { ...call, method: method ?? call.method, text: text ?? call.text };
  let answer = await send(changed);
  for (let sent = 1; sent < times && answer.status !== status; sent++) answer = await send(changed);
  return answer;
}

/** By the role that it asks for, unless the request says otherwise. */
export function callOf(operation: DocumentedOperation, request: CaseRequest): RawCall {
  const { params = {}, query = {}, headers = {}, body, role, tenant = 'root' } = request;
  const needed = roleOf(operation);
  const own: Role | null =
    needed === undefined ? null : needed.startsWith('admin') ? 'admin' : toRole(needed);
  return {
    method: operation.method,
    path: operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params[name] ?? 'none'),
    ),
    query: new URLSearchParams(query).toString(),
    headers,
    text: body === undefined ? undefined : JSON.stringify(body),
    role: role === undefined ? own : role,
    tenant,
  };
}

const toRole = (name: string): Role => (name === 'viewer' ? 'viewer' : 'operator');
