import type { Plan } from '../template/plan.ts';
import type { EventRulePlan, EventTargetPlan } from '../template/plan-events.ts';
import type { ClockPlan, EventSourcePlan, FunctionPlan } from '../template/plan-functions.ts';
import { ACCOUNT_ID, arn, REGION } from '../template/resource-types.ts';
import type { Context } from './condition.ts';
import { decide } from './decide.ts';
import { judge } from './guard.ts';
import type { Need } from './needs.ts';

/** Whatever calls a function needs a permission for it as well: of the function's policy, or of a role. */

/** A service of AWS and the resource on whose behalf it acts. */
export interface Source {
  service: string;
  arn: string;
}
const INVOKE = 'lambda:InvokeFunction';
const EVENTS = 'events.amazonaws.com';
/** Scheduler names the group of the schedule, not the schedule. */
const SCHEDULER: Source = {
  service: 'scheduler.amazonaws.com',
  arn: arn('scheduler', 'schedule-group/default'),
};
type Access = Pick<Plan, 'access' | 'functions'>;

/** What Lambda's poller does in the function's name. */
export function pollerNeeds({ queue }: EventSourcePlan): Need[] {
  return ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((name) => ({
    action: `sqs:${name}`,
    resource: queue.arn,
  }));
}

/** Sentences about what AWS would refuse to create; a template with any of them cannot be deployed. */
export function undeployable(plan: Pick<Plan, 'access' | 'functions' | 'eventSources' | 'clocks'>): string[] {
  return [
    ...plan.functions
      .filter((fn) => !isTrusted(plan, fn.roleArn, { service: 'lambda.amazonaws.com', arn: fn.arn }))
      .map((fn) => `${fn.logicalId}: its role does not let lambda.amazonaws.com assume it`),
    ...plan.eventSources.flatMap((source) => {
      const fn = functionOf(plan, source.functionId);
      return pollerNeeds(source)
        .filter((need) => fn && judge(plan, fn, need) !== 'allowed')
        .map(
          ({ action, resource }) =>
            `${source.logicalId}: the role of ${source.functionId} does not allow ${action} on ${resource}`,
        );
    }),
    ...plan.clocks
      .filter(({ kind, roleArn }) => kind === 'schedule' && !isTrusted(plan, roleArn, SCHEDULER))
      .map(({ logicalId }) => `${logicalId}: its role does not let scheduler.amazonaws.com assume it`),
  ];
}

/** Why a rule or schedule could not call its function, in a sentence; undefined when it can. */
export function whyNotFired(plan: Access, clock: ClockPlan): string | undefined {
  const { logicalId, functionId, roleArn } = clock;
  if (clock.kind === 'rule' && roleArn === undefined) {
    if (mayInvoke(plan, functionId, { service: 'events.amazonaws.com', arn: clock.arn })) return undefined;
    return `${logicalId} cannot call ${functionId}: no AWS::Lambda::Permission lets events.amazonaws.com with ${clock.arn} do so`;
  }
  const fn = functionOf(plan, functionId);
  const role = plan.access.roles.find((one) => one.arn === roleArn);
  const caller = { kind: 'role', roleArn: roleArn ?? '', sessionArn: '', accountId: ACCOUNT_ID } as const;
  const request = {
    caller,
    action: INVOKE,
    resource: fn?.arn ?? '',
    context: { 'aws:requestedregion': REGION },
  };
  if (role && decide(role.statements, policyOf(plan, fn), request) === 'allowed') return undefined;
  return `${logicalId} cannot call ${functionId}: its role does not allow ${INVOKE} on ${fn?.arn}`;
}

/** Why a rule could not send its events on, in a sentence; undefined when it can. */
export function whyNotDelivered(
  plan: Access,
  { logicalId, arn: ruleArn }: EventRulePlan,
  to: EventTargetPlan['to'],
): string | undefined {
  const source = { service: EVENTS, arn: ruleArn };
  if (to.kind === 'function') {
    if (mayInvoke(plan, to.functionId, source)) return undefined;
    return `${logicalId} cannot call ${to.functionId}: no AWS::Lambda::Permission lets ${EVENTS} with ${ruleArn} do so`;
  }
  const verdict = decide([], plan.access.resourcePolicies.get(to.arn) ?? [], {
    caller: { kind: 'service', name: EVENTS },
    action: 'sqs:SendMessage',
    resource: to.arn,
    context: { ...contextOf(source), 'aws:securetransport': 'true' },
  });
  if (verdict === 'allowed') return undefined;
  return `${logicalId} cannot send to ${to.arn}: the queue's policy does not let ${EVENTS} with ${ruleArn} do so`;
}

/** Whether a service, on behalf of one of its resources, may call a function. */
export function mayInvoke(plan: Access, functionId: string, source: Source): boolean {
  const fn = functionOf(plan, functionId);
  const verdict = decide([], policyOf(plan, fn), {
    caller: { kind: 'service', name: source.service },
    action: INVOKE,
    resource: fn?.arn ?? '',
    context: contextOf(source),
  });
  return verdict === 'allowed';
}

const functionOf = (plan: Pick<Plan, 'functions'>, functionId: string): FunctionPlan | undefined =>
  plan.functions.find(({ logicalId }) => logicalId === functionId);
const policyOf = ({ access }: Access, fn: FunctionPlan | undefined) =>
  access.resourcePolicies.get(fn?.arn ?? '') ?? [];

function isTrusted({ access }: Pick<Plan, 'access'>, roleArn: string | undefined, source: Source): boolean {
  const role = access.roles.find((one) => one.arn === roleArn);
  if (!role) return roleArn !== undefined; // not of this template: nothing is known of it
  const verdict = decide([], role.trust, {
    caller: { kind: 'service', name: source.service },
    action: 'sts:AssumeRole',
    resource: role.arn,
    context: contextOf(source),
  });
  return verdict === 'allowed';
}

const contextOf = (source: Source): Context => ({
  'aws:sourcearn': source.arn,
  'aws:sourceaccount': ACCOUNT_ID,
  'aws:requestedregion': REGION,
});
