import type { FieldProblem } from './errors.ts';
import { isReachable, literalAddress } from './public-address.ts';
import type { HttpTarget, Target } from './target.ts';

/** What the operator of a deployment lets tasks reach; nothing unless it is named. */
export interface AllowedTargets {
  http: {
    /** `host`, `host:port` or `host:*`; a leading `*.` stands for any subdomain. */
    hosts: readonly string[];
    /** Also at private addresses. */
    allowPrivate: boolean;
    /** Secrets that a target may name. */
    secretArns: readonly string[];
  };
  functionArns: readonly string[];
  queueArns: readonly string[];
  topicArns: readonly string[];
  eventBusArns: readonly string[];
  stateMachineArns: readonly string[];
  /** Listed hosts of this machine itself, also without TLS: the embedded engine only. */
  loopback: boolean;
}

export const NO_TARGETS: AllowedTargets = {
  http: { hosts: [], allowPrivate: false, secretArns: [] },
  functionArns: [],
  queueArns: [],
  topicArns: [],
  eventBusArns: [],
  stateMachineArns: [],
  loopback: false,
};

const SETTING = 'escapement.targets';
/** Names under which a machine knows itself. */
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'https:': '443', 'http:': '80' };

/** Why this deployment does not let a task have this target, with the setting that would; asked at creation and before each run. */
export function targetProblems(target: Target, allowed: AllowedTargets): FieldProblem[] {
  switch (target.type) {
    case 'http':
      return [...urlProblems(target, allowed), ...secretProblems(target, allowed)];
    case 'lambda':
      return listed(target.functionArn, allowed.functionArns, 'functionArn', 'functionArns');
    case 'sqs':
      return found(queueArnOf(target.queueUrl, allowed), 'queueUrl', 'queueArns');
    case 'sns':
      return listed(target.topicArn, allowed.topicArns, 'topicArn', 'topicArns');
    case 'eventbridge':
      return found(busArnOf(target.busName, allowed), 'busName', 'eventBusArns');
    case 'stepFunctions':
      return listed(target.stateMachineArn, allowed.stateMachineArns, 'stateMachineArn', 'stateMachineArns');
  }
}

const refused = (field: string, setting: string): FieldProblem => ({
  path: `target.${field}`,
  message: `this deployment does not allow it: its operator can name it in ${SETTING}.${setting}`,
});

const found = (arn: string | undefined, field: string, setting: string): FieldProblem[] =>
  arn === undefined ? [refused(field, setting)] : [];

const listed = (
  arn: string,
  arns: readonly string[],
  field: string,
  setting: keyof AllowedTargets,
): FieldProblem[] => found(arns.includes(arn) ? arn : undefined, field, setting);

/** Whether plain http and loopback addresses are allowed to this host. */
export const isLoopbackTarget = (url: URL, allowed: AllowedTargets): boolean =>
  allowed.loopback && LOOPBACK_HOSTS.has(url.hostname);

function urlProblems(target: HttpTarget, allowed: AllowedTargets): FieldProblem[] {
  const url = new URL(target.url);
  const path = 'target.url';
  const loopback = isLoopbackTarget(url, allowed);
  if (url.protocol !== 'https:' && !loopback) return [{ path, message: 'must begin with https://' }];
  if (!allowed.http.hosts.some((entry) => matches(entry, url))) return [refused('url', 'http.hosts')];
  const address = literalAddress(url.hostname);
  const allowance = { private: allowed.http.allowPrivate, loopback };
  if (address !== undefined && !isReachable(address, allowance))
    return [{ path, message: `${address} is not a public address` }];
  return [];
}

const ENTRY = /^(\[[^\]]*\]|[^:]*)(?::(\d+|\*))?$/;

function matches(entry: string, url: URL): boolean {
  const [, host = '', port] = ENTRY.exec(entry) ?? [];
  const asked = url.port || DEFAULT_PORTS[url.protocol];
  if (port !== '*' && asked !== (port ?? DEFAULT_PORTS['https:'])) return false;
  return host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
}

function secretProblems({ secretId }: HttpTarget, allowed: AllowedTargets): FieldProblem[] {
  if (secretId === undefined) return [];
  return found(secretArnOf(secretId, allowed), 'secretId', 'http.secretArns');
}

/** Secrets go by their ARN, or by their name, which stands in it before six characters that AWS adds. */
export const secretArnOf = (secretId: string, { http }: AllowedTargets): string | undefined =>
  http.secretArns.find(
    (arn) => arn === secretId || arn.split(':').slice(6).join(':').slice(0, -7) === secretId,
  );

const QUEUE_URL =
  /^https?:\/\/(?:sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?|[^/]+)\/(\d{12})\/([\w-]{1,80}(?:\.fifo)?)$/;

/**
 * The queue that a URL means, by account and name (and region, where the host is AWS's own). The host itself is never
 * asked: messages go to where AWS keeps the queue of this ARN.
 */
export function queueArnOf(queueUrl: string, { queueArns }: AllowedTargets): string | undefined {
  const [, region, account, name] = QUEUE_URL.exec(queueUrl) ?? [];
  if (name === undefined) return undefined;
  return queueArns.find((arn) => {
    const [, , , ownRegion, ownAccount, ownName] = arn.split(':');
    return ownAccount === account && ownName === name && (region === undefined || ownRegion === region);
  });
}

/** A name that several of the buses have (in other accounts or regions) means none of them. */
export function busArnOf(busName: string, { eventBusArns }: AllowedTargets): string | undefined {
  if (eventBusArns.includes(busName)) return busName;
  const named = eventBusArns.filter((arn) => arn.endsWith(`:event-bus/${busName}`));
  return named.length === 1 ? named[0] : undefined;
}
