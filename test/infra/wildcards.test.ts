import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ofType, type Resource, resourcesOf, variants } from './variant-templates.ts';

const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Statements of every policy in a resource, of roles, queues, topics, keys and whatever else has one. */
function statementsIn(value: unknown): z.infer<typeof Statement>[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (!isRecord(value)) return [];
  // Trust policies are about their role and name no resource.
  const own = Array.isArray(value.Statement)
    ? value.Statement.filter((one) => isRecord(one) && 'Resource' in one).map((one) => Statement.parse(one))
    : [];
  return [...own, ...Object.values(value).flatMap(statementsIn)];
}

interface Wildcard {
  type: string;
  action: string;
  resource: string;
}

/** What is allowed of more than it names. A wildcard in a Deny only forbids more. */
const wildcardsIn = ({ type, properties }: Resource): Wildcard[] =>
  statementsIn(properties)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().map((resource) => ({ type, action, resource: JSON.stringify(resource) })),
        ),
    )
    .filter(({ action, resource }) => action.includes('*') || resource.includes('*'));

interface Exception {
  /** The rule of AWS that leaves no other way. */
  because: string;
  type: string;
  actions: readonly string[];
}

const EXCEPTIONS: readonly Exception[] = [
  {
    because:
      'X-Ray knows no resources for these: docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html',
    type: 'AWS::IAM::Policy',
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  },
  {
    because:
      'Lambda makes network interfaces that do not exist yet; the function’s own code is denied the same: docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html',
    type: 'AWS::IAM::Policy',
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
  },
  {
    because:
      'In the policy of a key "*" is that key, and without its account nobody could change it any more: docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html',
    type: 'AWS::KMS::Key',
    actions: ['kms:*', 'kms:Decrypt', 'kms:GenerateDataKey'],
  },
];

const exceptionFor = ({ type, action, resource }: Wildcard): Exception | undefined =>
  EXCEPTIONS.find((one) => resource === '"*"' && one.type === type && one.actions.includes(action));

describe('no policy allows more than it names', () => {
  it.each(variants)('%s', (variant) => {
    const found = resourcesOf(variant).flatMap(wildcardsIn);
    expect(found.filter((one) => exceptionFor(one) === undefined)).toEqual([]);
  });

  it('and every exception is in use', () => {
    const found = variants.flatMap(resourcesOf).flatMap(wildcardsIn);
    const used = new Set(found.map(({ type, action }) => `${type} ${action}`));
    expect([...used].sort()).toEqual(
      EXCEPTIONS.flatMap(({ type, actions }) => actions.map((action) => `${type} ${action}`)).sort(),
    );
  });

  it('and only traced functions and those in a VPC need one for their role', () => {
    expect(ofType('default', 'AWS::IAM::Policy').flatMap(wildcardsIn)).toEqual([]);
  });

  it.each(variants)('%s: no role has a policy that AWS keeps', (variant) => {
    for (const { properties } of ofType(variant, 'AWS::IAM::Role'))
      expect(properties.ManagedPolicyArns).toBeUndefined();
  });

  it.each(variants)('%s: only the rule and the API of the deployment may call its functions', (variant) => {
    const permissions = ofType(variant, 'AWS::Lambda::Permission');
    expect(permissions.length).toBeGreaterThan(0);
    for (const { properties } of permissions) {
      expect(properties.Action).toBe('lambda:InvokeFunction');
      expect(JSON.stringify(properties.SourceArn)).toMatch(/SchedulerClockEveryMinute|SchedulerApiHttpApi/);
    }
  });
});
