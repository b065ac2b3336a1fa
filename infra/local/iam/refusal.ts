import type { AwsReply } from '../aws-endpoint.ts';
import type { Verdict } from './decide.ts';
import type { Need } from './needs.ts';

/** "User: … is not authorized to perform: … on resource: … because …", in the words of IAM. */
export function refusalText(caller: string, { action, resource }: Need, verdict: Verdict): string {
  return `User: ${caller} is not authorized to perform: ${action} on resource: ${resource} ${because(action, verdict)}`;
}

function because(action: string, verdict: Verdict): string {
  if (verdict === 'identity denies') return 'with an explicit deny in an identity-based policy';
  if (verdict === 'resource denies') return 'with an explicit deny in a resource-based policy';
  return `because no identity-based policy allows the ${action} action`;
}

/** The services disagree in the letters of the error; SDKs make AccessDeniedException of these. */
export const accessDenied = (message: string): AwsReply => ({
  statusCode: 400,
  body: { __type: 'com.amazon.coral.service#AccessDeniedException', Message: message },
});

/** SQS keeps the code of its older protocol in a header, which SDKs prefer: AccessDenied. */
export const sqsAccessDenied = (message: string): AwsReply => ({
  statusCode: 403,
  headers: { 'x-amzn-query-error': 'AccessDenied;Sender' },
  body: { __type: 'com.amazon.coral.service#AccessDeniedException', message: lowerAction(message) },
});

/** SQS spells actions in small letters. */
const lowerAction = (message: string) =>
  message.replace(/sqs:\w+(?= on resource| action)/g, (a) => a.toLowerCase());
