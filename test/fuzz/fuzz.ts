import fc from 'fast-check';
import type { Contract, DocumentedOperation, GivenAnswer } from '../support/openapi.ts';
import { makePlans, type Plan, type Who } from './plans.ts';
import { makePool, type Pool } from './pool.ts';

/** As it goes over the wire. */
export interface FuzzRequest {
  method: string;
  /** With its query, encoded or broken as it is. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
  who: Who;
}
export type Exchange = (request: FuzzRequest) => Promise<GivenAnswer>;

export interface Finding {
  operationId: string;
  fault: string;
  request: FuzzRequest;
  answer: GivenAnswer;
  /** How often the like of it came. */
  times: number;
}
export interface FuzzReport {
  requests: number;
  byStatus: Record<string, number>;
  /** Operations that were never seen to succeed. */
  neverReached: string[];
  findings: Finding[];
}
export interface FuzzOptions {
  contract: Contract;
  exchange: Exchange;
  requests: number;
  seed: number;
  nowMs: number;
  /** Requests under way at the same time. */
  width?: number;
  /** After each thousand. */
  progress?(sent: number): void;
}

/**
 * Sends requests that are as described, and others that are nearly so. Whatever comes back must be documented for the
 * operation that was called, be of the form that is documented, and never be a fault of ours.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { contract, exchange, requests, seed, nowMs, width = 1, progress } = options;
  const plans = fc.sample(makePlans(contract, nowMs), { seed, numRuns: requests });
  const pool = makePool();
  const byStatus: Record<string, number> = {};
  const reached = new Set<string>();
  const findings = new Map<string, Finding>();
  let next = 0;

  async function one(plan: Plan): Promise<void> {
    const request = requestOf(plan, pool);
    const answer = await exchange(request);
    byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
    const operation = operationOf(contract, request, plan);
    if (answer.status < 300 && operation) {
      reached.add(operation.operationId);
      pool.learn(operation, answer);
    }
    for (const fault of faultsOf(contract, operation, request, answer)) {
      const operationId = operation?.operationId ?? `${request.method} elsewhere`;
      const key = `${operationId} ${answer.status} ${fault.replaceAll(/\d+/g, 'n').slice(0, 120)}`;
      const known = findings.get(key);
      if (known) known.times++;
      else findings.set(key, { operationId, fault, request, answer, times: 1 });
    }
  }

  async function worker(): Promise<void> {
    for (let plan = plans[next++]; plan; plan = plans[next++]) {
      if (next % 1_000 === 0) progress?.(next);
      await one(plan);
    }
  }
  await Promise.all(Array.from({ length: width }, worker));
  return {
    requests: plans.length,
    byStatus,
    neverReached: contract.operations
      .map(({ operationId }) => operationId)
      .filter((operationId) => !reached.has(operationId)),
    findings: [...findings.values()],
  };
}

function requestOf(plan: Plan, pool: Pool): FuzzRequest {
  const { operation, method, segments, query, headers, body, who } = plan;
  let at = 0;
  const path = operation.path.replaceAll(/([a-z-]+)\/\{(\w+)\}/gi, (_, collection: string) => {
    const segment = segments[at++];
    if (segment && 'text' in segment) return `${collection}/${segment.text}`;
    const known = segment && pool.pick(collection, segment.known);
    return `${collection}/${known === undefined ? (segment?.otherwise ?? '-') : encodeURIComponent(known)}`;
  });
  const search = query
    .map(([name, value]) => {
      const known = name === 'cursor' ? pool.pick('cursor', value.length) : undefined;
      return `${encodeURIComponent(name)}=${encodeURIComponent((known ?? value).toWellFormed())}`;
    })
    .join('&');
  return { method, target: `${plan.path ?? path}${search === '' ? '' : `?${search}`}`, headers, body, who };
}

/** What was called in the end: a method may have been changed, or a path have become another one. */
function operationOf(contract: Contract, { method, target }: FuzzRequest, plan: Plan) {
  const path = target.split('?')[0] ?? '';
  if (method === plan.operation.method && plan.path === undefined && !hasOddSegments(path))
    return plan.operation;
  // A slash at the end is overlooked.
  return contract.operationAt(method, (decoded(path) ?? path).replace(/(?<=.)\/$/, ''));
}

const hasOddSegments = (path: string) => decoded(path)?.split('/').length !== path.split('/').length;

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function faultsOf(
  contract: Contract,
  operation: DocumentedOperation | undefined,
  request: FuzzRequest,
  answer: GivenAnswer,
): string[] {
  if (answer.status >= 500) return [`a fault of ours: ${answer.text.slice(0, 200)}`];
  if (!operation) return elsewhereFaults(request, answer);
  const faults = contract.faultsOf(operation, answer);
  if (answer.status < 300) faults.push(...takenInVain(contract, operation, request));
  return faults;
}

/** Where nothing is documented, nothing but a refusal may come. */
function elsewhereFaults({ method }: FuzzRequest, { status, headers, text }: GivenAnswer): string[] {
  const faults = [400, 401, 404, 405, 413, 415, 429, 431].includes(status)
    ? []
    : [`status ${status} elsewhere`];
  if (status === 405 && !headers.allow) faults.push('405 without Allow');
  if (method !== 'HEAD' && headers['content-type'] !== 'application/problem+json')
    faults.push(`no problem document: ${headers['content-type']} ${text.slice(0, 100)}`);
  return faults;
}

/** A body that the description refuses is not taken. */
function takenInVain(contract: Contract, operation: DocumentedOperation, { body }: FuzzRequest): string[] {
  const type = Object.keys(operation.requestBody?.content ?? {})[0];
  if (type === undefined || body === undefined || body === '') return [];
  const place = [
    'paths',
    operation.path,
    operation.method.toLowerCase(),
    'requestBody',
    'content',
    type,
    'schema',
  ];
  return contract
    .problemsAt(place, JSON.parse(body))
    .map((problem) => `takes what its schema refuses: ${problem}`);
}
