/** The part of SchedulerProps that says what tasks may have for a target. */

export interface TargetsProps {
  /**
   * Webhooks.
   * @default - to no host
   */
  http?: HttpTargetsProps;
  /**
   * ARNs of functions, versions or aliases; each allows just itself.
   * @default []
   */
  functionArns?: readonly string[];
  /** @default [] */
  queueArns?: readonly string[];
  /** @default [] */
  topicArns?: readonly string[];
  /** @default [] */
  eventBusArns?: readonly string[];
  /** @default [] */
  stateMachineArns?: readonly string[];
}

export interface HttpTargetsProps {
  /**
   * Hosts: `api.example.com` (port 443), `api.example.com:8443`, `api.example.com:*`, and `*.example.com` for any
   * host below example.com.
   * @default []
   */
  hosts?: readonly string[];
  /**
   * These hosts may have private addresses, inside the VPC of the executors. Addresses of the machine itself and
   * link-local ones are refused all the same.
   * @default false
   */
  allowPrivate?: boolean;
  /**
   * ARNs of secrets that a task may name as `secretId`: headers, or a signing key of the receiver's own.
   * @default []
   */
  secretArns?: readonly string[];
  /**
   * ARN of a secret of yours that holds the key with which requests are signed: base64 of 24 to 64 bytes, `whsec_`
   * before it or not.
   * @default - the stack makes one as soon as a host is allowed
   */
  signingSecretArn?: string;
}
