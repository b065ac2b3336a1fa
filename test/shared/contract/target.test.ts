import { describe, expect, it } from 'vitest';
import { parseAll } from '../../../shared/contract/problems.ts';
import { TargetSchema } from '../../../shared/contract/target.ts';

const problems = (value: unknown) => {
  const parsed = parseAll(TargetSchema, value, 'target');
  return parsed.ok ? [] : parsed.errors.map(({ path }) => path);
};
const http = (over: object) => ({ type: 'http', url: 'https://api.example.com/hook', ...over });

describe('a target', () => {
  it('of HTTP needs no more than its URL', () => {
    expect(TargetSchema.parse(http({}))).toEqual({
      type: 'http',
      url: 'https://api.example.com/hook',
      method: 'POST',
      headers: {},
    });
  });

  it.each([
    ['no type', {}, ['target.type']],
    ['an unknown type', { type: 'ftp' }, ['target.type']],
    [
      'a member of another type',
      { type: 'sns', topicArn: 'arn:aws:sns:eu-west-1:123456789012:n', url: 'x' },
      ['target.url'],
    ],
    ['no URL', { type: 'http' }, ['target.url']],
    ['a path for a URL', http({ url: '/hook' }), ['target.url']],
    ['another scheme', http({ url: 'file:///etc/passwd' }), ['target.url']],
    ['a URL without slashes', http({ url: 'https:api.example.com' }), ['target.url']],
    ['a blank in the URL', http({ url: 'https://api.example.com/a b' }), ['target.url']],
    ['a line break in the URL', http({ url: 'https://api.example.com/\r\nX: y' }), ['target.url']],
    ['a password in the URL', http({ url: 'https://user:secret@api.example.com/' }), ['target.url']],
    ['a user in the URL', http({ url: 'https://user@api.example.com/' }), ['target.url']],
    ['a URL too long', http({ url: `https://api.example.com/${'x'.repeat(2048)}` }), ['target.url']],
    ['CONNECT', http({ method: 'CONNECT' }), ['target.method']],
    ['a redirect as success', http({ expectStatus: 302 }), ['target.expectStatus']],
    ['no status at all', http({ expectStatus: [] }), ['target.expectStatus']],
    [
      'another region of an ARN',
      { type: 'lambda', functionArn: 'arn:aws:sqs:eu-west-1:123456789012:x' },
      ['target.functionArn'],
    ],
    [
      'a wildcard',
      { type: 'lambda', functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:*' },
      ['target.functionArn'],
    ],
    ['a queue that is no URL', { type: 'sqs', queueUrl: 'work' }, ['target.queueUrl']],
    [
      'a source that EventBridge keeps',
      { type: 'eventbridge', busName: 'b', detailType: 'd', source: 'aws.ec2' },
      ['target.source'],
    ],
    [
      'the source of the lifecycle events',
      { type: 'eventbridge', busName: 'b', detailType: 'd', source: 'escapement' },
      ['target.source'],
    ],
  ])('is refused with %s', (_, value, paths) => {
    expect([...new Set(problems(value))]).toEqual(paths);
  });

  it.each([
    ['Host', 'internal'],
    ['content-length', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'x-api-key'],
    ['Proxy-Authorization', 'Basic x'],
    ['Authorization', 'Bearer x'],
    ['Cookie', 'a=b'],
    ['webhook-signature', 'v1,x'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['x\r\nInjected', 'y'],
    ['x y', 'z'],
    ['', 'x'],
    ['x-name', 'a\r\nInjected: b'],
    ['x-name', 'a\nb'],
    ['x-name', 'a\u0000b'],
    ['x-name', 'ümlaut'],
    ['x-name', ' padded '],
    ['x-name', 'x'.repeat(4097)],
  ])('does not take the header %j: %j', (name, value) => {
    expect(problems(http({ headers: { [name]: value } }))).toEqual([`target.headers.${name}`]);
  });

  it('does not take a header twice, nor too many', () => {
    expect(problems(http({ headers: { 'x-a': '1', 'X-A': '2' } }))).toEqual(['target.headers']);
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`x-${at}`, '1']));
    expect(problems(http({ headers: many }))).toEqual(['target.headers']);
  });

  it('takes headers that are harmless', () => {
    expect(
      problems(http({ headers: { 'X-Tenant': 'a b', accept: 'application/json', 'x-empty': '' } })),
    ).toEqual([]);
  });
});
