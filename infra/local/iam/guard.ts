import type { AwsReply, AwsServices } from '../aws-endpoint.ts';
import { LAMBDA } from '../lambda/rest-path.ts';
import type { Plan } from '../template/plan.ts';
import type { FunctionPlan } from '../template/plan-functions.ts';
import { ACCOUNT_ID, PARTITION, REGION } from '../template/resource-types.ts';
import { type Caller, decide, type Verdict } from './decide.ts';
import {
  dynamodbNeeds,
  eventsNeeds,
  lambdaNeeds,
  type Need,
  type Needs,
  secretsNeeds,
  sqsNeeds,
} from './needs.ts';
import { accessDenied, refusalText, sqsAccessDenied } from './refusal.ts';
import type { Usage } from './usage.ts';

/** Refuses what the template does not allow the calling function, as the service would. */
export interface GuardOptions {
  plan: Pick<Plan, 'functions' | 'secrets' | 'access'>;
  usage: Pick<Usage, 'used' | 'denied'>;
  /** Told of every refused call; `isFirst` of a function, action and resource. */
  onDenied(fn: FunctionPlan, message: string, isFirst: boolean): void;
}

interface Rules {
  needs: Needs;
  refuse(message: string): AwsReply;
}

/** Decisions kept; a function that makes up ever new names must not fill the memory. */
const MAX_KEPT = 10_000;

/**
 * The caller is told by its access key, which for a function is its logical id. Anybody else (a person with the
 * AWS CLI, say) may do everything: it is their laptop.
 */
export function guardServices(services: AwsServices, options: GuardOptions): AwsServices {
  const { plan, usage, onDenied } = options;
  const rules: Record<string, Rules> = {
    DynamoDB_20120810: { needs: dynamodbNeeds, refuse: accessDenied },
    AmazonSQS: { needs: sqsNeeds, refuse: sqsAccessDenied },
    AWSEvents: { needs: eventsNeeds, refuse: accessDenied },
    [LAMBDA]: { needs: lambdaNeeds, refuse: accessDenied },
    secretsmanager: { needs: secretsNeeds(plan.secrets), refuse: accessDenied },
  };
  const functions = new Map(plan.functions.map((fn) => [fn.logicalId, fn]));
  const kept = new Map<string, Verdict>();

  function verdictOn(fn: FunctionPlan, need: Need): { verdict: Verdict; isNew: boolean } {
    const key = `${fn.logicalId} ${need.action} ${need.resource} ${need.enclosing ?? ''}`;
    const known = kept.get(key);
    if (known) return { verdict: known, isNew: false };
    if (kept.size >= MAX_KEPT) kept.clear();
    const verdict = judge(plan, fn, need);
    kept.set(key, verdict);
    const note = verdict === 'allowed' ? usage.used : usage.denied;
    note(fn.logicalId, need.action, need.resource);
    return { verdict, isNew: true };
  }

  function refusal({ needs, refuse }: Rules, fn: FunctionPlan, operation: string, input: unknown) {
    for (const need of needs(operation, input)) {
      const { verdict, isNew } = verdictOn(fn, need);
      if (verdict === 'allowed') continue;
      const message = refusalText(sessionArn(plan, fn), need, verdict);
      onDenied(fn, message, isNew);
      return refuse(message);
    }
    return undefined;
  }

  const guarded: AwsServices = {};
  for (const [target, serve] of Object.entries(services)) {
    const own = rules[target];
    if (!own) throw new Error(`nobody said what calls of ${target} need`);
    guarded[target] = async (operation, input, call) => {
      const fn = functions.get(call.caller ?? '');
      const refused = fn && refusal(own, fn, operation, input);
      return refused ?? serve(operation, input, call);
    };
  }
  return guarded;
}

/** What IAM says to a function that needs this. */
export function judge({ access }: Pick<Plan, 'access'>, fn: FunctionPlan, need: Need): Verdict {
  const role = access.roles.find(({ arn }) => arn === fn.roleArn);
  if (!role) return 'allowed'; // said at start
  const caller: Caller = {
    kind: 'role',
    roleArn: role.arn,
    sessionArn: sessionArn({ access }, fn),
    accountId: ACCOUNT_ID,
  };
  return decide(role.statements, access.resourcePolicies.get(tableOf(need.resource)) ?? [], {
    caller,
    action: need.action,
    resource: need.resource,
    context: {
      'aws:principalarn': role.arn,
      'aws:principalaccount': ACCOUNT_ID,
      'aws:requestedregion': REGION,
      // In AWS it is; here the call never leaves the machine.
      'aws:securetransport': 'true',
      'dynamodb:enclosingoperation': need.enclosing,
    },
  });
}

/** An index is under its table's policy. */
const tableOf = (resource: string) => resource.replace(/(:table\/[^/]+)\/index\/.*$/, '$1');

function sessionArn({ access }: Pick<Plan, 'access'>, fn: FunctionPlan): string {
  const role = access.roles.find(({ arn }) => arn === fn.roleArn);
  return `arn:${PARTITION}:sts::${ACCOUNT_ID}:assumed-role/${role?.name ?? ''}/${fn.name}`;
}
