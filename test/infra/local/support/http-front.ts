import { onTestFinished } from 'vitest';
import { SECURITY_HEADERS } from '../../../../functions/api/respond.ts';
import { createHttpFront, type HttpFrontDeps } from '../../../../infra/local/http/front.ts';
import { openHttpServer } from '../../../../infra/local/http/server.ts';
import type { InvocationResult } from '../../../../infra/local/lambda/protocol.ts';
import type { HttpApiPlan, RoutePlan } from '../../../../infra/local/template/plan-http.ts';
import { ProblemSchema } from '../../../../shared/contract/problem.ts';

/** The code of a refusal, which is a problem document that may be shown anywhere. */
export async function problemIn(response: Response): Promise<string> {
  const problem = ProblemSchema.parse(await response.json());
  const { headers, status } = response;
  if (headers.get('content-type') !== 'application/problem+json' || problem.status !== status)
    throw new Error('no problem document');
  for (const [name, value] of Object.entries(SECURITY_HEADERS))
    if (headers.get(name) !== value) throw new Error(`without ${name}`);
  return problem.code;
}

export type Answer = (event: Record<string, unknown>) => unknown;
export const THROWS = (error: { errorType: string; errorMessage: string }) => () => {
  throw error;
};

/** A real port in front of functions that are plain callbacks. */
export async function front(options: {
  routes?: Partial<RoutePlan>[];
  functions?: Record<string, Answer>;
  api?: Partial<HttpApiPlan>;
  /** Function and ARN of the API that may not call it. */
  forbidden?: string[];
  live?: HttpFrontDeps['live'];
}) {
  const calls: { functionId: string; event: Record<string, unknown> }[] = [];
  const functions: Record<string, Answer> = { Fn: (event) => event, ...options.functions };
  let nowMs = Date.parse('2026-11-21T09:05:00.000Z');
  const plan: HttpApiPlan = {
    apiId: 'api',
    stage: '$default',
    stageVariables: undefined,
    cors: undefined,
    routes: (options.routes ?? [{}]).map((route) => ({
      key: 'ANY /{proxy+}',
      functionId: 'Fn',
      timeoutMs: 5_000,
      authorizer: undefined,
      throttle: undefined,
      ...route,
    })),
    ...options.api,
  };
  const server = await openHttpServer({ host: '127.0.0.1', port: 0, warn: () => {} });
  onTestFinished(() => server.close());
  server.serve(
    createHttpFront({
      plan,
      nowMs: () => nowMs,
      live: options.live,
      mayInvoke: (functionId, sourceArn) => !options.forbidden?.includes(`${functionId} ${sourceArn}`),
      async invoke(functionId, event): Promise<InvocationResult> {
        const seen = event as Record<string, unknown>;
        calls.push({ functionId, event: seen });
        try {
          return { ok: true, payload: JSON.stringify((await functions[functionId]?.(seen)) ?? null) };
        } catch (error) {
          return { ok: false, error: error as { errorType: string; errorMessage: string } };
        }
      },
    }),
  );
  return {
    calls,
    call: (path: string, init?: RequestInit) => fetch(server.url + path, init),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}
