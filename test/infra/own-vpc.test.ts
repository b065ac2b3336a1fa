import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { VpcProps } from '../../infra/scheduler-props.ts';
import { allowed, deployment, logicalId } from './deployment.ts';

const FUNCTION = 'AWS::Lambda::Function';
const vpc: VpcProps = { vpcId: 'vpc-0a1b2c3d', subnetIds: ['subnet-0a1b2c3d', 'subnet-1b2c3d4e'] };
const inside = { VpcConfig: Match.objectLike({ SubnetIds: vpc.subnetIds }) };

describe('a VPC of the operator', () => {
  it('holds the executors, whose handlers may need something in there, and nothing else', () => {
    const { template, scheduler } = deployment({ vpc });
    const names = Object.keys(template.findResources(FUNCTION, { Properties: inside }));
    expect(names.sort()).toEqual(
      Object.values(scheduler.executors)
        .map(({ lambda }) => logicalId(lambda))
        .sort(),
    );
  });

  it('holds every function where a rule asks for it', () => {
    const { template } = deployment({ vpc: { ...vpc, functions: 'all' } });
    template.allResourcesProperties(FUNCTION, inside);
  });

  it('gets a security group that lets nothing in', () => {
    const { template } = deployment({ vpc });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: vpc.vpcId,
      SecurityGroupIngress: Match.absent(),
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  it('gets none where the operator names his own', () => {
    const securityGroupIds = ['sg-0a1b2c3d'];
    const { template } = deployment({ vpc: { ...vpc, securityGroupIds } });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    template.resourcePropertiesCountIs(FUNCTION, { VpcConfig: { SecurityGroupIds: securityGroupIds } }, 3);
  });

  it('lets Lambda make the interfaces of the functions inside, and denies it to their code', () => {
    const { template, scheduler } = deployment({ vpc });
    const mayMake = ({ lambda }: typeof scheduler.tick) =>
      allowed(template, logicalId(lambda.role)).some(({ action }) => action === 'ec2:CreateNetworkInterface');
    expect(Object.values(scheduler.executors).map(mayMake)).toEqual([true, true, true]);
    expect(mayMake(scheduler.tick)).toBe(false);
    template.resourcePropertiesCountIs(
      'AWS::IAM::Policy',
      {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Deny',
              Action: Match.arrayWith(['ec2:CreateNetworkInterface']),
              Condition: { ArnLike: Match.objectLike({ 'lambda:SourceFunctionArn': Match.anyValue() }) },
            }),
          ]),
        },
      },
      3,
    );
  });
});
