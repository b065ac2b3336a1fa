import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { METRIC_DIMENSION } from '../../shared/contract/metrics.ts';
import { deployment } from './deployment.ts';

const Resources = z.record(
  z.string(),
  z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
);

/** Names of something else, or unique only within something of the stack: a role, an API. */
const INNER_NAMES = new Set([
  'AWS::CloudWatch::Alarm MetricName',
  'AWS::IAM::Policy PolicyName',
  'AWS::ApiGatewayV2::Stage StageName',
  'AWS::ApiGatewayV2::Authorizer Name',
]);

/** Every name that a template gives, instead of leaving it to CloudFormation: two stacks with the same collide. */
function physicalNames(template: Template): string[] {
  return Object.values(Resources.parse(template.toJSON().Resources)).flatMap(({ Type, Properties }) =>
    Object.entries(Properties)
      .filter(([key]) => /^Name$|Names?$|Alias$/.test(key) && !INNER_NAMES.has(`${Type} ${key}`))
      // A reference is a name of the same stack.
      .filter(([, value]) => typeof value === 'string')
      .map(([, value]) => `${Type} ${value}`),
  );
}

describe('two deployments in one account and region', () => {
  const [one, other] = [deployment({ name: 'jobs' }), deployment({ name: 'reports' })];
  const names = physicalNames(one.template);

  it('share no name of anything', () => {
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => physicalNames(other.template).includes(name))).toEqual([]);
    expect(one.stack.stackName).not.toBe(other.stack.stackName);
  });

  it('have the name of their deployment in each, so that people can tell them apart', () => {
    for (const name of names) expect(name).toMatch(/ jobs(-|$)/);
  });

  it('export nothing under a name that the other could want', () => {
    for (const output of Object.values(one.template.findOutputs('*'))) expect(output.Export).toBeUndefined();
  });

  it('count their runs apart', () => {
    const dimensions = (template: Template) =>
      [
        ...JSON.stringify(template.toJSON()).matchAll(
          new RegExp(`"Name":"${METRIC_DIMENSION}","Value":"(\\w+)"`, 'g'),
        ),
      ].map(([, value]) => value);
    expect(new Set(dimensions(one.template))).toEqual(new Set(['jobs']));
    expect(new Set(dimensions(other.template))).toEqual(new Set(['reports']));
  });

  it('would collide under one name, which these tests would see', () => {
    expect(physicalNames(deployment({ name: 'jobs', shards: 8 }).template)).toEqual(names);
  });
});
