import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsServices } from '../aws-endpoint.ts';
import { type Boundary, boundaryOf } from './boundary.ts';
import { type Fault, INVOKE, isAt } from './fault.ts';

/** Ends processes at the faults that are armed, each of them once per data folder. */
export interface Faults {
  around(services: AwsServices): AwsServices;
  aroundInvoke<R>(functionId: string, event: unknown, invoke: () => Promise<R>): Promise<R>;
}
export interface FaultsOptions {
  faults: readonly Fault[];
  dataDirectory: string;
  /** Of the function with this logical id; nothing for callers that are none. */
  nameOf(functionId: string): string | undefined;
  /** Ends the engine and every process of its functions at once; does not return. */
  killEngine(): void;
  /** Ends the process of a function that has this session. */
  killFunction(session: string): void;
}

/** Longer than SDKs try again on their own. */
const OUTAGE_MS = 3_000;

/** In the data folder: a line for each fault that has struck. */
export const STRUCK = 'faults-struck';

export function armFaults(options: FaultsOptions): Faults {
  const file = join(options.dataDirectory, STRUCK);
  const struck = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
  const armed = new Map(options.faults.filter(({ text }) => !struck.has(text)).map((fault) => [fault, 0]));

  let outageUntil = 0;

  /** Those at whose n-th request this one is. */
  function due(boundary: Boundary): Fault[] {
    const found: Fault[] = [];
    for (const [fault, seen] of armed) {
      if (!isAt(fault, boundary)) continue;
      armed.set(fault, seen + 1);
      if (seen + 1 !== fault.nth) continue;
      armed.delete(fault);
      found.push(fault);
    }
    return found;
  }

  function strike({ text, victim }: Fault, session: string | undefined): void {
    // Written before, for afterwards there is nobody who could.
    appendFileSync(file, `${text}\n`);
    if (victim === 'engine') options.killEngine();
    else if (victim === 'stores') outageUntil = performance.now() + OUTAGE_MS;
    else if (session !== undefined) options.killFunction(session);
  }

  /** Undefined: nobody is told how it went. */
  async function pass<R>(
    boundary: Boundary,
    session: string | undefined,
    go: () => Promise<R>,
  ): Promise<R | undefined> {
    const found = due(boundary);
    const before = found.filter(({ when }) => when === 'before');
    for (const fault of before) strike(fault, session);
    if (before.length > 0) return undefined;
    const result = await go();
    for (const fault of found) strike(fault, session);
    return found.length > 0 ? undefined : result;
  }

  return {
    around(services) {
      const wrapped: AwsServices = {};
      for (const [target, serve] of Object.entries(services))
        wrapped[target] = async (operation, input, call) => {
          const fn = options.nameOf(call.caller ?? '');
          if (fn !== undefined && performance.now() < outageUntil) return NO_ANSWER;
          if (fn === undefined || armed.size === 0) return serve(operation, input, call);
          const reply = await pass(boundaryOf(fn, operation, input), call.session, () =>
            serve(operation, input, call),
          );
          return reply ?? NO_ANSWER;
        };
      return wrapped;
    },
    async aroundInvoke(functionId, event, invoke) {
      const fn = options.nameOf(functionId);
      if (fn === undefined || armed.size === 0) return invoke();
      const found = due(boundaryOf(fn, INVOKE, event));
      for (const fault of found) if (fault.when === 'before') strike(fault, undefined);
      const result = await invoke();
      for (const fault of found) if (fault.when === 'after') strike(fault, undefined);
      return result;
    },
  };
}

/** What SDKs take for a fault of the service; whoever is dead does not read it. */
const NO_ANSWER = { statusCode: 500, body: { __type: 'InternalServerError', message: 'Nobody answers' } };
