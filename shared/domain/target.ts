/** Where a run's work is done when no handler of the deployment does it (docs/targets.md). */
export type Target =
  | HttpTarget
  | LambdaTarget
  | SqsTarget
  | SnsTarget
  | EventBridgeTarget
  | StepFunctionsTarget;

export interface HttpTarget {
  type: 'http';
  url: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers: Record<string, string>;
  /** Name or ARN of a secret with headers, or with a signing key of the receiver's own. */
  secretId?: string;
  /** Statuses that count as success; any 2xx when absent. */
  expectStatus?: number | number[];
}
export interface LambdaTarget {
  type: 'lambda';
  functionArn: string;
}
export interface SqsTarget {
  type: 'sqs';
  queueUrl: string;
}
export interface SnsTarget {
  type: 'sns';
  topicArn: string;
}
export interface EventBridgeTarget {
  type: 'eventbridge';
  /** Name or ARN. */
  busName: string;
  detailType: string;
  source: string;
}
export interface StepFunctionsTarget {
  type: 'stepFunctions';
  stateMachineArn: string;
}

export type TargetType = Target['type'];

/** What a run with a target carries in place of a handler's name, in which no colon can be. */
export const targetHandler = ({ type }: Pick<Target, 'type'>): string => `target:${type}`;
