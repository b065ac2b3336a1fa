import { type AllowedTargets, targetProblems } from '../../domain/allowed-targets.ts';
import type { Target } from '../../domain/target.ts';
import type { HandlerRequest, HandlerResult } from '../../ports.ts';
import type { Send, TargetCall } from './call.ts';
import { envelopeOf } from './envelope.ts';
import { aborted, awsFailure, hopeless, timedOut } from './failure.ts';

/** By type; each is loaded when the first run needs it, so that targets which nobody uses cost no start-up time. */
export type Senders = { [T in Target as T['type']]: () => Promise<Send<T>> };

/** Runs what has a target: allowed, in time, and always with a result. */
export interface TargetRunner {
  run(request: HandlerRequest, target: Target): Promise<HandlerResult>;
}

export function makeTargetRunner(q: { allowed: AllowedTargets; senders: Senders }): TargetRunner {
  return {
    async run(request, target) {
      const problems = targetProblems(target, q.allowed);
      if (problems.length > 0)
        return hopeless(
          'TargetNotAllowed',
          problems.map(({ path, message }) => `${path}: ${message}`).join('; '),
        );
      return withinItsTime(request, async (signal) => {
        const body = JSON.stringify(envelopeOf(request));
        return sendTo(target, { request, body, allowed: q.allowed, signal }, q.senders);
      });
    },
  };
}

/** What the stopped work still says is not heard. Its connection ends with the signal. */
async function withinItsTime(
  request: HandlerRequest,
  work: (signal: AbortSignal) => Promise<HandlerResult>,
): Promise<HandlerResult> {
  const stop = new AbortController();
  const stopped = Promise.withResolvers<HandlerResult>();
  const end = (result: HandlerResult) => {
    stopped.resolve(result);
    stop.abort();
  };
  if (request.signal?.aborted) return aborted();
  if (!(request.timeoutMs > 0)) return timedOut(request);
  const onAbort = () => end(aborted());
  request.signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => end(timedOut(request)), request.timeoutMs);
  try {
    return await Promise.race([stopped.promise, work(stop.signal).catch(awsFailure)]);
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
  }
}

async function sendTo(target: Target, call: TargetCall, senders: Senders): Promise<HandlerResult> {
  switch (target.type) {
    case 'http':
      return (await senders.http())(target, call);
    case 'lambda':
      return (await senders.lambda())(target, call);
    case 'sqs':
      return (await senders.sqs())(target, call);
    case 'sns':
      return (await senders.sns())(target, call);
    case 'eventbridge':
      return (await senders.eventbridge())(target, call);
    case 'stepFunctions':
      return (await senders.stepFunctions())(target, call);
  }
}
