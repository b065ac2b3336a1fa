import { App, type Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { context } from './deployment.ts';
import { addVariant, VARIANTS } from './variants.ts';

function checked(variant: string) {
  const app = new App({ context });
  const stack = addVariant(app, variant);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}

const Acknowledged = z.record(z.string(), z.string());

/** Rules that something in the stack is excepted from. */
const acknowledgedIn = (stack: Stack) =>
  stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) =>
          Object.entries(Acknowledged.parse(data)).map(([id, reason]) => ({ id, reason, place: node.id })),
        ),
    );

const setOf = <T>(items: T[], value: (item: T) => string): string[] => [...new Set(items.map(value))].sort();

describe('the security rules of AWS Solutions hold, apart from exceptions that give their reason', () => {
  it.each(Object.keys(VARIANTS))('%s', (variant) => {
    expect(() => checked(variant).app.synth()).not.toThrow();
  });

  it('and the exceptions are these, each with its reason, on nothing but what they are about', () => {
    const found = Object.keys(VARIANTS).flatMap((variant) => acknowledgedIn(checked(variant).stack));
    const places = Map.groupBy(found, ({ id }) => id);
    expect(
      Object.fromEntries([...places].map(([id, all]) => [id, setOf(all, ({ place }) => place)])),
    ).toEqual({
      'AwsSolutions::AwsSolutions-SMG4': ['AdminToken', 'WebhookSigningKey'],
      'AwsSolutions::AwsSolutions-APIG4': [
        'GET--console',
        'GET--console--{proxy+}',
        'GET--docs',
        'GET--v1--health',
        'GET--v1--openapi.json',
        'HEAD--console',
        'HEAD--console--{proxy+}',
      ],
      'AwsSolutions::AwsSolutions-IAM5[Resource::*]': ['Role'],
      'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': ['Subnet1', 'Subnet2'],
    });
    for (const { reason } of found) expect(reason.length).toBeGreaterThan(40);
  });

  it('and would tell of what breaks them', () => {
    const { app, stack } = checked('default');
    new Role(stack, 'Intruder', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
    });
    expect(() => app.synth()).toThrow('IAM4');
  });
});
