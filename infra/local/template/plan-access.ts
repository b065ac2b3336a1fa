import * as z from 'zod';
import { managedPolicy } from '../iam/managed-policies.ts';
import { JUDGED_SERVICES } from '../iam/needs.ts';
import { matchesPattern } from '../iam/pattern.ts';
import { PolicyDocument, type Statement } from '../iam/policy.ts';
import { type FunctionPlan, findFunction } from './plan-functions.ts';
import { parseAll } from './properties.ts';
import type { Resource } from './scope.ts';

/** Who may do what, as the template says it. */
export interface AccessPlan {
  roles: RolePlan[];
  /** Policies of queues, secrets, tables and functions, by the ARN of what they protect. */
  resourcePolicies: ReadonlyMap<string, Statement[]>;
  /** What the engine cannot judge, in a sentence each that names the place. */
  problems: string[];
}
export interface RolePlan {
  arn: string;
  name: string;
  statements: Statement[];
  /** Who may take the role. */
  trust: Statement[];
}

const NamedDocument = z.object({ PolicyDocument });
const RoleSchema = z.object({
  AssumeRolePolicyDocument: PolicyDocument.default([]),
  Policies: z.array(NamedDocument).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  PermissionsBoundary: z.string().optional(),
});
const AttachedSchema = z.object({ PolicyDocument, Roles: z.array(z.string()).default([]) });
const RolePolicySchema = z.object({ PolicyDocument, RoleName: z.string() });

export function planAccess(resources: Resource[], functions: FunctionPlan[]): AccessPlan {
  const problems: string[] = [];
  const resourcePolicies = planResourcePolicies(resources, functions);
  for (const [arn, statements] of resourcePolicies)
    problems.push(...problemsOf(`the policy of ${arn}`, statements));
  const roles = planRoles(resources, problems);
  const known = new Set(roles.map(({ arn }) => arn));
  for (const fn of functions) {
    if (!known.has(fn.roleArn))
      problems.push(
        `${fn.logicalId}: its role ${fn.roleArn} is not in the template, so everything is allowed to it here`,
      );
  }
  return { roles, resourcePolicies, problems };
}

function planRoles(resources: Resource[], problems: string[]): RolePlan[] {
  const attached = [
    ...parseAll(resources, ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'], AttachedSchema),
    ...parseAll(resources, 'AWS::IAM::RolePolicy', RolePolicySchema).map(({ resource, properties }) => ({
      resource,
      properties: { PolicyDocument: properties.PolicyDocument, Roles: [properties.RoleName] },
    })),
  ];
  for (const { resource, properties } of attached)
    problems.push(...problemsOf(resource.logicalId, properties.PolicyDocument));

  return parseAll(resources, 'AWS::IAM::Role', RoleSchema).map(({ resource, properties }) => {
    const { logicalId, name, arn } = resource;
    const managed = properties.ManagedPolicyArns.flatMap((policyArn) => {
      const own = attached.find((policy) => policy.resource.ref === policyArn);
      const statements = own?.properties.PolicyDocument ?? managedPolicy(policyArn);
      if (!statements)
        problems.push(
          `${logicalId}: the managed policy ${policyArn} is not known to the embedded engine; it allows nothing here`,
        );
      return statements ?? [];
    });
    if (properties.PermissionsBoundary !== undefined)
      problems.push(`${logicalId}: the embedded engine does not apply its PermissionsBoundary`);
    const trust = properties.AssumeRolePolicyDocument;
    const inline = properties.Policies.flatMap((policy) => policy.PolicyDocument);
    problems.push(...problemsOf(logicalId, [...trust, ...inline]));
    return {
      arn,
      name,
      trust,
      statements: [
        ...inline,
        ...managed,
        ...attached
          .filter((policy) => policy.properties.Roles.includes(name))
          .flatMap((policy) => policy.properties.PolicyDocument),
      ],
    };
  });
}

function problemsOf(where: string, statements: Statement[]): string[] {
  return statements.filter(mayMatter).flatMap(({ unknown, effect }) => {
    const consequence = effect === 'Deny' ? 'always denies' : 'allows nothing';
    return unknown.map(
      (what) => `${where}: ${what} is not known to the embedded engine; the statement ${consequence} here`,
    );
  });
}

/** Statements about encryption keys, logs and traces decide nothing on a laptop. */
function mayMatter({ actions }: Statement): boolean {
  if (actions.inverted) return true;
  return actions.patterns.some((pattern) => {
    const [service = ''] = pattern.toLowerCase().split(':');
    return JUDGED_SERVICES.some((judged) => matchesPattern(service, judged));
  });
}

const QueuePolicySchema = z.object({ PolicyDocument, Queues: z.array(z.string()) });
const SecretPolicySchema = z.object({ ResourcePolicy: PolicyDocument, SecretId: z.string() });
const OnTable = z.object({ ResourcePolicy: NamedDocument.optional() });
const TableSchema = OnTable.extend({ Replicas: z.array(OnTable).default([]) });
const PermissionSchema = z.object({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
  EventSourceToken: z.string().optional(),
  FunctionUrlAuthType: z.string().optional(),
  PrincipalOrgID: z.string().optional(),
});

function planResourcePolicies(resources: Resource[], functions: FunctionPlan[]): Map<string, Statement[]> {
  const policies = new Map<string, Statement[]>();
  const add = (arn: string, statements: Statement[]) =>
    policies.set(arn, [...(policies.get(arn) ?? []), ...statements]);

  const queues = resources.filter(({ type }) => type === 'AWS::SQS::Queue');
  for (const { properties } of parseAll(resources, 'AWS::SQS::QueuePolicy', QueuePolicySchema))
    for (const queue of queues.filter(({ ref }) => properties.Queues.includes(ref)))
      add(queue.arn, properties.PolicyDocument);

  for (const { properties } of parseAll(resources, 'AWS::SecretsManager::ResourcePolicy', SecretPolicySchema))
    add(properties.SecretId, properties.ResourcePolicy);

  const tables = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
  for (const { resource, properties } of parseAll(resources, tables, TableSchema))
    for (const { ResourcePolicy } of [properties, ...properties.Replicas])
      if (ResourcePolicy) add(resource.arn, ResourcePolicy.PolicyDocument);

  for (const { resource, properties } of parseAll(resources, 'AWS::Lambda::Permission', PermissionSchema)) {
    const fn = findFunction(functions, properties.FunctionName, resource.logicalId);
    add(fn.arn, [permissionStatement(fn.arn, properties)]);
  }
  return policies;
}

/** The statement that Lambda's AddPermission writes into the function's policy. */
function permissionStatement(functionArn: string, given: z.infer<typeof PermissionSchema>): Statement {
  const isService = given.Principal.endsWith('.amazonaws.com');
  return {
    effect: 'Allow',
    actions: { patterns: [given.Action], inverted: false },
    resources: { patterns: [functionArn], inverted: false },
    principals: {
      services: isService ? [given.Principal] : [],
      aws: isService ? [] : [given.Principal],
    },
    conditions: {
      ...(given.SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': [given.SourceArn] } }),
      ...(given.SourceAccount !== undefined && {
        StringEquals: { 'aws:SourceAccount': [given.SourceAccount] },
      }),
    },
    unknown: (['EventSourceToken', 'FunctionUrlAuthType', 'PrincipalOrgID'] as const).filter(
      (name) => given[name] !== undefined,
    ),
  };
}
