import { Fn, Stack, Validations } from 'aws-cdk-lib';
import { type ISecurityGroup, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Network } from './function.ts';
import type { FunctionName } from './permissions.ts';

const unknownRoutes = {
  id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
  reason: 'The routes of the subnets are the caller’s; nothing here reads or changes them',
};

/** The caller's VPC, with one security group for all functions inside; undefined when there is none. */
export function networkOf(scope: Construct, { name, vpc: given }: Config): Network | undefined {
  if (!given) return undefined;
  // Looking the VPC up would need an account at synthesis; its zones matter to nothing here.
  const availabilityZone = Fn.select(0, Fn.getAzs());
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: given.vpcId,
    availabilityZones: [availabilityZone],
  });
  const subnets = given.subnetIds.map((subnetId, i) => {
    const subnet = Subnet.fromSubnetAttributes(scope, `Subnet${i + 1}`, { subnetId, availabilityZone });
    Validations.of(subnet).acknowledge(unknownRoutes);
    return subnet;
  });
  const securityGroups: ISecurityGroup[] = given.securityGroupIds?.map((id, i) =>
    SecurityGroup.fromSecurityGroupId(scope, `SecurityGroup${i + 1}`, id),
  ) ?? [
    new SecurityGroup(scope, 'SecurityGroup', {
      vpc,
      description: `Functions of ${Stack.of(scope).stackName} (${name})`,
      allowAllOutbound: true,
    }),
  ];
  return { vpc, vpcSubnets: { subnets }, securityGroups };
}

export const isInside = (name: FunctionName, { vpc }: Config): boolean =>
  vpc?.functions === 'all' || (vpc?.functions === 'executors' && name === 'executor');
