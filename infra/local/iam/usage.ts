import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import type { FunctionPlan } from '../template/plan-functions.ts';
import { JUDGED_SERVICES } from './needs.ts';
import { matchesAction, matchesPattern } from './pattern.ts';
import type { Statement } from './policy.ts';

/**
 * Which permissions were ever used, by function, over all runs on the same data: what stays unused is what a
 * policy could do without.
 */
export interface Usage {
  used(functionId: string, action: string, resource: string): void;
  denied(functionId: string, action: string, resource: string): void;
  /** Writes what is not yet written. */
  close(): void;
}
export interface UsageOptions {
  file: string;
  functions: Pick<FunctionPlan, 'logicalId'>[];
  statementsOf(functionId: string): Statement[];
  warn(line: string): void;
}

const WRITE_AFTER_MS = 1_000;

const FileSchema = z.record(
  z.string(),
  z.object({ used: z.array(z.string()), denied: z.array(z.string()), unused: z.array(z.string()) }),
);

export function openUsage({ file, functions, statementsOf, warn }: UsageOptions): Usage {
  const before = read(file);
  const known = new Map(
    functions.map(({ logicalId }) => [
      logicalId,
      { used: new Set(before[logicalId]?.used), denied: new Set(before[logicalId]?.denied) },
    ]),
  );
  let timer: NodeJS.Timeout | undefined;

  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    const content: z.infer<typeof FileSchema> = {};
    for (const [logicalId, { used, denied }] of known)
      content[logicalId] = {
        used: [...used].sort(),
        denied: [...denied].sort(),
        unused: unusedGrants(statementsOf(logicalId), [...used]),
      };
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`);
      renameSync(`${file}.new`, file);
    } catch (error) {
      warn(`${file} cannot be written: ${error}`);
    }
  }
  function note(set: Set<string> | undefined, action: string, resource: string): void {
    const entry = `${action} ${resource}`;
    if (!set || set.has(entry)) return;
    set.add(entry);
    timer ??= setTimeout(write, WRITE_AFTER_MS).unref();
  }
  write();
  return {
    used: (functionId, action, resource) => note(known.get(functionId)?.used, action, resource),
    denied: (functionId, action, resource) => note(known.get(functionId)?.denied, action, resource),
    close() {
      if (timer) write();
    },
  };
}

/** Each action on each resource that the statements allow and that nothing in `used` needed. */
export function unusedGrants(statements: Statement[], used: string[]): string[] {
  const calls = used.map((entry) => entry.split(' '));
  const granted = statements
    .filter(
      ({ effect, actions, resources }) => effect === 'Allow' && !actions.inverted && !resources?.inverted,
    )
    .flatMap(({ actions, resources }) =>
      actions.patterns
        .filter((action) => JUDGED_SERVICES.includes(action.split(':')[0] ?? ''))
        .flatMap((action) => (resources?.patterns ?? []).map((resource) => ({ action, resource }))),
    );
  return granted
    .filter(
      (grant) =>
        !calls.some(
          ([action = '', resource = '']) =>
            matchesAction(grant.action, action) && matchesPattern(grant.resource, resource),
        ),
    )
    .map(({ action, resource }) => `${action} ${resource}`)
    .sort();
}

function read(file: string): Partial<z.infer<typeof FileSchema>> {
  try {
    return FileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {}; // none yet, or nothing that we wrote
  }
}
