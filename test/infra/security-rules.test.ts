import { App, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { context } from './deployment.ts';
import { addVariant, VARIANTS } from './variants.ts';

function checked(variant: string) {
  const app = new App({ context });
  const stack = addVariant(app, variant);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}

describe('the security rules of AWS Solutions hold, apart from exceptions that give their reason', () => {
  it.each(Object.keys(VARIANTS))('%s', (variant) => {
    expect(() => checked(variant).app.synth()).not.toThrow();
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
