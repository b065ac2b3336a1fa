import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../../infra/local/events/pattern.ts';
import type { Json } from '../../../../infra/local/template/intrinsics.ts';

const event = {
  source: 'shop',
  'detail-type': 'order.placed',
  resources: ['arn:aws:shop:1', 'arn:aws:shop:2'],
  detail: {
    orderId: 'A-17/x.png',
    amount: 12.5,
    paid: true,
    coupon: null,
    empty: '',
    from: '10.1.2.3',
    lines: [
      { sku: 'hat', count: 1 },
      { sku: 'coat', count: 3 },
    ],
  },
};
const detail = (field: string, ...wanted: Json[]) => ({ detail: { [field]: wanted } });
const matches = (pattern: Json) => compilePattern(pattern, 'Rule')(event);

describe('an event pattern', () => {
  it.each<[string, Json]>([
    ['a value', { source: ['shop'] }],
    ['one of several values', { source: ['bank', 'shop'] }],
    [
      'all fields',
      { source: ['shop'], detail: { paid: [true], amount: [12.5], coupon: [null], empty: [''] } },
    ],
    ['one element of a list', { resources: ['arn:aws:shop:2'] }],
    ['a field of one element of a list', { detail: { lines: { sku: ['coat'] } } }],
    ['prefix', detail('orderId', { prefix: 'A-' })],
    ['prefix, whatever the case', detail('orderId', { prefix: { 'equals-ignore-case': 'a-1' } })],
    ['suffix', detail('orderId', { suffix: '.png' })],
    ['suffix, whatever the case', detail('orderId', { suffix: { 'equals-ignore-case': '.PNG' } })],
    ['equals-ignore-case', { source: [{ 'equals-ignore-case': 'SHOP' }] }],
    ['wildcard', detail('orderId', { wildcard: 'A-*/*.png' })],
    ['numeric', detail('amount', { numeric: ['>', 12, '<=', 12.5] })],
    ['numeric equality', detail('amount', { numeric: ['=', 12.5] })],
    ['cidr', detail('from', { cidr: '10.0.0.0/8' })],
    ['exists', detail('coupon', { exists: true })],
    ['not exists', detail('refund', { exists: false })],
    ['not exists, where its parent does not either', { detail: { refund: { by: [{ exists: false }] } } }],
    ['anything-but', detail('orderId', { 'anything-but': 'B-1' })],
    ['anything-but of several', detail('amount', { 'anything-but': [1, 2] })],
    ['anything-but a prefix', detail('orderId', { 'anything-but': { prefix: ['B-', 'C-'] } })],
    ['anything-but a wildcard', detail('orderId', { 'anything-but': { wildcard: '*.gif' } })],
    ['one operator of several', detail('orderId', { prefix: 'B-' }, { suffix: 'png' })],
    ['$or', { $or: [{ source: ['bank'] }, { detail: { paid: [true] } }] }],
    [
      '$or with what must hold besides',
      { source: ['shop'], detail: { $or: [{ paid: [false] }, { amount: [12.5] }] } },
    ],
  ])('matches by %s', (_, pattern) => {
    expect(matches(pattern)).toBe(true);
  });

  it.each<[string, Json]>([
    ['another value', { source: ['bank'] }],
    ['one field of two', { source: ['shop'], detail: { paid: [false] } }],
    ['fields of different elements of a list', { detail: { lines: { sku: ['hat'], count: [3] } } }],
    ['a number as text', detail('amount', '12.5')],
    ['a field that is not there', detail('refund', 'x')],
    ['anything-but of a field that is not there', detail('refund', { 'anything-but': 'x' })],
    ['anything-but what is there', detail('orderId', { 'anything-but': ['x', 'A-17/x.png'] })],
    ['anything-but its prefix', detail('orderId', { 'anything-but': { prefix: ['B-', 'A-'] } })],
    ['exists, of what does not', detail('refund', { exists: true })],
    ['not exists, of what does', detail('coupon', { exists: false })],
    ['a range beside it', detail('amount', { numeric: ['>', 12.5] })],
    ['numeric, of a text', detail('orderId', { numeric: ['>', 0] })],
    ['another network', detail('from', { cidr: '10.2.0.0/16' })],
    ['the form of a wildcard only in part', detail('orderId', { wildcard: 'A-*' + '/x' })],
    ['a wildcard whose star is escaped', detail('orderId', { wildcard: 'A-\\*' })],
    ['a wildcard whose dot is any character', { source: [{ wildcard: 'sh.p' }] }],
    ['neither of $or', { $or: [{ source: ['bank'] }, { source: ['post'] }] }],
    ['a field of a value', { source: { name: ['shop'] } }],
  ])('does not match by %s', (_, pattern) => {
    expect(matches(pattern)).toBe(false);
  });

  it.each<[Json, string]>([
    [{}, 'Rule: an event pattern is an object'],
    [{ source: 'shop' }, 'Rule.source: expected a list of values, or an object'],
    [{ source: [] }, 'Rule.source: an empty list matches nothing'],
    [
      detail('x', { regex: '.*' }),
      'Rule.detail.x[0]: the embedded engine does not know the operator "regex" here',
    ],
    [detail('x', { 'anything-but': { numeric: ['>', 1] } }), 'does not know the operator "numeric" here'],
    [detail('x', { prefix: 'a', suffix: 'b' }), 'expected one operator'],
    [detail('x', { numeric: ['~', 1] }), 'expected a comparison'],
    [detail('x', { numeric: ['>'] }), 'expected a comparison'],
    [detail('x', { numeric: [] }), 'numeric compares with nothing'],
    [detail('x', { cidr: 'here' }), 'here is no CIDR'],
    [detail('x', { prefix: 1 }), 'expected a text'],
    [{ $or: { source: ['a'] } }, 'Rule.$or: expected a list'],
  ])('%j is refused by name', (pattern, message) => {
    expect(() => matches(pattern)).toThrow(message);
  });
});
