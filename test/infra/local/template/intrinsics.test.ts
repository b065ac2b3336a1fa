// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes references so
import { describe, expect, it } from 'vitest';
import { type Json, resolve, type Scope } from '../../../../infra/local/template/intrinsics.ts';

const scope: Scope = {
  ref: (name) => ({ Queue: 'queue-url', 'AWS::Region': 'us-east-1' })[name],
  attribute: (logicalId, attribute) => `${logicalId}/${attribute}`,
  condition: (name) => name === 'Yes',
};
const resolved = (value: Json) => resolve(value, scope, 'Thing');

describe('intrinsic functions', () => {
  it.each<[string, Json, Json]>([
    ['Ref', { Ref: 'Queue' }, 'queue-url'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue/Arn'],
    ['Fn::GetAtt with a path', { 'Fn::GetAtt': ['Nested', 'Outputs.Url'] }, 'Nested/Outputs.Url'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'Queue/Arn'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Queue' }, 'b']] }, 'a-queue-url-b'],
    ['Fn::Join over a split', { 'Fn::Join': ['', { 'Fn::Split': ['-', 'a-b'] }] }, 'ab'],
    ['Fn::Select', { 'Fn::Select': ['1', ['a', { Ref: 'Queue' }]] }, 'queue-url'],
    ['Fn::Select of a split', { 'Fn::Select': [0, { 'Fn::Split': ['-', { Ref: 'Queue' }] }] }, 'queue'],
    [
      'Fn::Sub',
      { 'Fn::Sub': 'in ${AWS::Region}: ${Queue.Arn} ${!Literal}' },
      'in us-east-1: Queue/Arn ${Literal}',
    ],
    [
      'Fn::Sub with names',
      { 'Fn::Sub': ['${Own}-${Queue}', { Own: { 'Fn::GetAtt': ['A', 'B'] } }] },
      'A/B-queue-url',
    ],
    ['Fn::If', { 'Fn::If': ['Yes', 'taken', 'left'] }, 'taken'],
    ['Fn::If otherwise', { 'Fn::If': ['No', 'left', { Ref: 'Queue' }] }, 'queue-url'],
    ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }, true],
    ['Fn::Not', { 'Fn::Not': [{ Condition: 'Yes' }] }, false],
    ['Fn::And', { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
    ['Fn::Or', { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
  ])('%s', (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  it('leaves a property out that refers to no value', () => {
    expect(
      resolved({ kept: 1, gone: { Ref: 'AWS::NoValue' }, list: ['a', { Ref: 'AWS::NoValue' }] }),
    ).toEqual({
      kept: 1,
      list: ['a'],
    });
  });

  it('reads a plain property called Condition as what it is', () => {
    const statement = { Condition: { StringEquals: { key: { Ref: 'Queue' } } } };
    expect(resolved(statement)).toEqual({ Condition: { StringEquals: { key: 'queue-url' } } });
  });

  it('names an unknown function and where it stands', () => {
    expect(() => resolved({ Environment: [{ 'Fn::GetAZs': '' }] })).toThrow(
      'Thing.Environment[0]: unknown intrinsic function Fn::GetAZs',
    );
  });

  it('names a malformed one', () => {
    expect(() => resolved({ 'Fn::Join': 'a' })).toThrow('Thing: malformed Fn::Join');
    expect(() => resolved({ 'Fn::Select': [3, ['a']] })).toThrow('Thing: Fn::Select has no element 3');
  });
});
