import { describe, expect, it } from 'vitest';
import { type Caller, decide, type Verdict } from '../../../../infra/local/iam/decide.ts';
import { managedPolicy } from '../../../../infra/local/iam/managed-policies.ts';
import { PolicyDocument } from '../../../../infra/local/iam/policy.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/tasks';
const ROLE: Caller = {
  kind: 'role',
  roleArn: 'arn:aws:iam::000000000000:role/worker',
  sessionArn: 'arn:aws:sts::000000000000:assumed-role/worker/fn',
  accountId: '000000000000',
};
const EVENTS: Caller = { kind: 'service', name: 'events.amazonaws.com' };

type Given = Record<string, unknown>;
const allow = (more: Given) => ({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE, ...more });
const deny = (more: Given = {}) => ({ ...allow(more), Effect: 'Deny' });
const policy = (...statements: Given[]) => PolicyDocument.parse({ Statement: statements });

/** GetItem on the table, unless the row says otherwise. */
function verdict(options: {
  identity?: Given[];
  resource?: Given[];
  caller?: Caller;
  action?: string;
  on?: string;
  context?: Record<string, string>;
}): Verdict {
  return decide(policy(...(options.identity ?? [])), policy(...(options.resource ?? [])), {
    caller: options.caller ?? ROLE,
    action: options.action ?? 'dynamodb:GetItem',
    resource: options.on ?? TABLE,
    context: options.context ?? {},
  });
}

describe('a statement is about', () => {
  it.each<[string, Given, boolean]>([
    ['the action that it names', {}, true],
    ['one of many actions', { Action: ['sqs:SendMessage', 'dynamodb:GetItem'] }, true],
    ['no other action', { Action: 'dynamodb:PutItem' }, false],
    ['no action whose name merely begins so', { Action: 'dynamodb:Get' }, false],
    ['actions in any case', { Action: 'DynamoDB:getitem' }, true],
    ['actions of a wildcard', { Action: 'dynamodb:Get*' }, true],
    ['actions with one letter open', { Action: 'dynamodb:Ge?Item' }, true],
    ['everything', { Action: '*', Resource: '*' }, true],
    ['all but an action', { Action: undefined, NotAction: 'dynamodb:PutItem' }, true],
    ['not the action left out', { Action: undefined, NotAction: 'dynamodb:Get*' }, false],
    ['no other resource', { Resource: `${TABLE}-2` }, false],
    ['not the index of its table', { Resource: `${TABLE}/index/byTime` }, false],
    ['resources of a wildcard', { Resource: 'arn:aws:dynamodb:*:*:table/ta*' }, true],
    ['resources in their own case only', { Resource: TABLE.toUpperCase() }, false],
    ['no resource by regular expression', { Resource: TABLE.replace('tasks', '.....') }, false],
    ['all but a resource', { Resource: undefined, NotResource: 'arn:aws:sqs:*' }, true],
    ['not the resource left out', { Resource: undefined, NotResource: [TABLE] }, false],
  ])('%s', (_, more, isAllowed) => {
    expect(verdict({ identity: [allow(more)] })).toBe(isAllowed ? 'allowed' : 'nobody allows');
  });
});

describe('an Allow holds under', () => {
  const context = { 'aws:securetransport': 'true', 'aws:sourcearn': 'arn:aws:events:us-east-1:0:rule/a' };
  it.each<[string, Given, boolean]>([
    ['an equal text', { StringEquals: { 'aws:SourceArn': 'arn:aws:events:us-east-1:0:rule/a' } }, true],
    ['one of several texts', { StringEquals: { 'aws:SecureTransport': ['x', 'true'] } }, true],
    ['no other text', { StringEquals: { 'aws:SecureTransport': 'TRUE' } }, false],
    [
      'a text in another case, when that is said',
      { StringEqualsIgnoreCase: { 'aws:SecureTransport': 'TRUE' } },
      true,
    ],
    ['a truth value', { Bool: { 'aws:SecureTransport': true } }, true],
    ['not the opposite truth value', { Bool: { 'aws:SecureTransport': 'false' } }, false],
    ['a pattern', { StringLike: { 'aws:SourceArn': '*rule/?' } }, true],
    ['an ARN by parts', { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/*' } }, true],
    [
      'no ARN whose wildcard would have to span parts',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:*:rule/a' } },
      false,
    ],
    ['a value that it does not exclude', { StringNotEquals: { 'aws:SecureTransport': ['a', 'b'] } }, true],
    ['no value that it excludes', { StringNotLike: { 'aws:SourceArn': ['b', '*rule*'] } }, false],
    ['no comparison with a key that is absent', { StringEquals: { 'aws:SourceAccount': '0' } }, false],
    ['an absent key when that is said', { StringEqualsIfExists: { 'aws:SourceAccount': '0' } }, true],
    ['an absent key when it excludes values', { StringNotEquals: { 'aws:SourceAccount': '0' } }, true],
    ['absence', { Null: { 'aws:SourceAccount': 'true', 'aws:SourceArn': 'false' } }, true],
    ['any value of a set', { 'ForAnyValue:StringEquals': { 'aws:SecureTransport': ['true'] } }, true],
    ['no value of an absent set', { 'ForAnyValue:StringNotEquals': { 'aws:SourceAccount': '0' } }, false],
    ['all values of an absent set', { 'ForAllValues:StringEquals': { 'aws:SourceAccount': '0' } }, true],
    [
      'all of its conditions together only',
      { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:SourceAccount': '0' } },
      false,
    ],
    [
      'nothing that the engine cannot judge: a key',
      { StringEquals: { 'aws:PrincipalTag/team': 'a' } },
      false,
    ],
    [
      'nothing that the engine cannot judge: an operator',
      { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      false,
    ],
  ])('%s', (_, Condition, isAllowed) => {
    expect(verdict({ identity: [allow({ Condition })], context })).toBe(
      isAllowed ? 'allowed' : 'nobody allows',
    );
  });

  it('while a Deny that cannot be judged denies', () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    expect(verdict({ identity: [allow({}), deny({ Condition })] })).toBe('identity denies');
  });
});

describe('of several statements', () => {
  const ours = { AWS: 'arn:aws:iam::000000000000:role/worker' };
  it.each<[string, Given[], Given[], Verdict]>([
    ['none allows anything', [], [], 'nobody allows'],
    ['one is enough', [allow({ Action: 'sqs:*' }), allow({})], [], 'allowed'],
    ['a Deny wins wherever it stands', [deny(), allow({})], [], 'identity denies'],
    ['a Deny elsewhere does not matter', [deny({ Action: 'dynamodb:PutItem' }), allow({})], [], 'allowed'],
    ['the resource may allow its caller', [], [allow({ Principal: ours })], 'allowed'],
    ['the resource may allow everybody', [], [allow({ Principal: '*' })], 'allowed'],
    [
      'the resource may allow somebody else',
      [],
      [allow({ Principal: { AWS: 'arn:aws:iam::0:role/x' } })],
      'nobody allows',
    ],
    [
      'an account that is allowed must give it on',
      [],
      [allow({ Principal: { AWS: '000000000000' } })],
      'nobody allows',
    ],
    [
      'an account that is denied is denied',
      [allow({})],
      [deny({ Principal: { AWS: '000000000000' } })],
      'resource denies',
    ],
    ['the resource may deny everybody', [allow({})], [deny({ Principal: { AWS: '*' } })], 'resource denies'],
    ['all but some may be denied', [allow({})], [deny({ NotPrincipal: ours })], 'resource denies'],
  ])('%s', (_, identity, resource, expected) => {
    expect(verdict({ identity, resource })).toBe(expected);
  });

  it('a service is allowed by name', () => {
    const resource = [allow({ Principal: { Service: ['events.amazonaws.com'] } })];
    expect(verdict({ resource, caller: EVENTS })).toBe('allowed');
    expect(verdict({ resource, caller: { kind: 'service', name: 'sns.amazonaws.com' } })).toBe(
      'nobody allows',
    );
    expect(verdict({ resource })).toBe('nobody allows');
  });
});

it('an element of a statement that nobody knows is refused, as it could change the meaning', () => {
  expect(() => policy(allow({ Conditions: {} }))).toThrow('Conditions');
});

it('the policies kept by AWS that functions commonly have are known', () => {
  const arn = (name: string) => `arn:aws:iam::aws:policy/${name}`;
  expect(managedPolicy(arn('service-role/AWSLambdaBasicExecutionRole'))).toEqual([]);
  expect(managedPolicy(arn('AdministratorAccess'))).toMatchObject([{ actions: { patterns: ['*'] } }]);
  expect(managedPolicy(arn('constructor'))).toBeUndefined();
  expect(managedPolicy('arn:aws:iam::000000000000:policy/AdministratorAccess')).toBeUndefined();
});
