import { join } from 'node:path';
import type { AwsServices } from '../aws-endpoint.ts';
import { shortName } from '../lambda/host.ts';
import { TemplateError } from '../template/intrinsics.ts';
import type { Plan } from '../template/plan.ts';
import type { EventRulePlan } from '../template/plan-events.ts';
import type { ClockPlan, FunctionPlan } from '../template/plan-functions.ts';
import { guardServices } from './guard.ts';
import {
  mayInvoke,
  pollerNeeds,
  type Source,
  undeployable,
  whyNotDelivered,
  whyNotFired,
} from './triggers.ts';
import { openUsage } from './usage.ts';

/** The template's permissions, held to as AWS holds to them: a grant that is missing there is missing here. */
export interface Access {
  guard(services: AwsServices, note: (functionId: string, line: string) => void): AwsServices;
  /** Rules and schedules that may call their function. */
  clocks: ClockPlan[];
  /** Rules that wait for events, with the targets that they may send to. */
  eventRules: EventRulePlan[];
  mayInvoke(functionId: string, source: Source): boolean;
  close(): void;
}
export interface AccessOptions {
  plan: Plan;
  dataDirectory: string;
  warn(line: string): void;
}

/** Throws when AWS would not create what the template describes. */
export function openAccess({ plan, dataDirectory, warn }: AccessOptions): Access {
  const refused = undeployable(plan);
  if (refused.length > 0)
    throw new TemplateError(
      `permissions are missing without which AWS refuses to deploy:\n${refused.join('\n')}`,
    );
  for (const problem of plan.access.problems) warn(problem);

  const usage = openUsage({
    file: join(dataDirectory, 'iam-used.json'),
    functions: plan.functions,
    statementsOf: (functionId) => statementsOf(plan, functionId),
    warn,
  });
  for (const source of plan.eventSources)
    for (const { action, resource } of pollerNeeds(source)) usage.used(source.functionId, action, resource);

  return {
    guard: (services, note) =>
      guardServices(services, {
        plan,
        usage,
        onDenied(fn, message, isFirst) {
          if (isFirst) warn(`${shortName(fn)}: ${message}`);
          note(fn.logicalId, JSON.stringify({ level: 'ERROR', message, service: 'embedded IAM' }));
        },
      }),
    clocks: plan.clocks.filter((clock) => {
      const reason = whyNotFired(plan, clock);
      if (reason !== undefined) warn(reason);
      return reason === undefined;
    }),
    eventRules: plan.eventRules.map((rule) => ({
      ...rule,
      targets: rule.targets.filter(({ to }) => {
        const reason = whyNotDelivered(plan, rule, to);
        if (reason !== undefined) warn(reason);
        return reason === undefined;
      }),
    })),
    mayInvoke: warnOnce(warn, (functionId, source) => mayInvoke(plan, functionId, source)),
    close: usage.close,
  };
}

function statementsOf({ functions, access }: Plan, functionId: string) {
  const fn: FunctionPlan | undefined = functions.find(({ logicalId }) => logicalId === functionId);
  return access.roles.find(({ arn }) => arn === fn?.roleArn)?.statements ?? [];
}

function warnOnce(warn: (line: string) => void, may: Access['mayInvoke']): Access['mayInvoke'] {
  const said = new Set<string>();
  return (functionId, source) => {
    if (may(functionId, source)) return true;
    const line = `${shortName({ logicalId: functionId })}: no AWS::Lambda::Permission lets ${source.service} with ${source.arn} call it`;
    if (!said.has(line)) warn(line);
    said.add(line);
    return false;
  };
}
