import type { Target } from '../shared/domain/target.ts';
import type { HandlerRequest, HandlerResult, HandlerRunner } from '../shared/ports.ts';

/** Runs with a target go to it, all others to the threads. */
export const withTargets = (
  threads: HandlerRunner,
  targets: { run(request: HandlerRequest, target: Target): Promise<HandlerResult> },
): HandlerRunner => ({
  run: (request) => (request.target ? targets.run(request, request.target) : threads.run(request)),
});
