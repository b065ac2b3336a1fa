import type {
  AddToPrincipalPolicyResult,
  IGrantable,
  IPrincipal,
  IRole,
  PolicyStatement,
  PrincipalPolicyFragment,
} from 'aws-cdk-lib/aws-iam';
import { ArnPrincipal, CompositePrincipal } from 'aws-cdk-lib/aws-iam';
import { DependencyGroup } from 'constructs';

/** All executors as one grantee, for user code does not choose the queue that it runs on: `bucket.grantRead(scheduler.handlers)`. */
export class HandlersPrincipal implements IPrincipal, IGrantable {
  readonly grantPrincipal: IPrincipal = this;
  readonly assumeRoleAction = 'sts:AssumeRole';
  readonly principalAccount: string;
  private readonly roles: readonly IRole[];

  constructor(roles: readonly IRole[], account: string) {
    this.roles = roles;
    this.principalAccount = account;
  }

  /** As it stands in the policy of a key, bucket or queue. */
  get policyFragment(): PrincipalPolicyFragment {
    return new CompositePrincipal(...this.roles.map(({ roleArn }) => new ArnPrincipal(roleArn)))
      .policyFragment;
  }

  addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    const policies = new DependencyGroup();
    for (const role of this.roles) {
      const { policyDependable } = role.addToPrincipalPolicy(statement);
      if (policyDependable) policies.add(policyDependable);
    }
    return { statementAdded: true, policyDependable: policies };
  }
}
