import type { Finding, FuzzReport } from './fuzz.ts';

const SHOWN_BODY = 2_000;

/** The report as text: what came how often, and every finding as a request to repeat. */
export const told = ({ requests, byStatus, neverReached, findings }: FuzzReport): string =>
  [
    `${requests} requests: ${Object.entries(byStatus)
      .map(([status, count]) => `${count} × ${status}`)
      .join(', ')}`,
    ...(neverReached.length > 0 ? [`never seen to succeed: ${neverReached.join(', ')}`] : []),
    `${findings.length} findings`,
    ...findings.map(toldFinding),
  ].join('\n');

const toldFinding = ({ operationId, fault, request, answer, times }: Finding): string =>
  [
    '',
    `${operationId} (${times} times): ${fault}`,
    `  ${request.method} ${request.target.slice(0, 500)} as ${JSON.stringify(request.who)}`,
    `  ${JSON.stringify(request.headers)}`,
    ...(request.body === undefined ? [] : [`  ${request.body.slice(0, SHOWN_BODY)}`]),
    `  → ${answer.status} ${answer.headers['content-type'] ?? ''} ${answer.text.slice(0, SHOWN_BODY)}`,
  ].join('\n');
