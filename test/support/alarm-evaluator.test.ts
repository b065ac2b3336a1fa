import { describe, expect, it } from 'vitest';
import { type AlarmProperties, isInAlarm } from './alarm-evaluator.ts';
import { evaluate, type Point } from './metric-math.ts';

describe('metric math', () => {
  const read = (name: string): Point => ({ a: 6, b: 2, none: undefined, zero: 0 })[name];
  it.each([
    ['a + b * 3', 12],
    ['(a + b) * 3', 24],
    ['a - b - 1', 3],
    ['IF(a > b, a, b)', 6],
    ['IF(a + b >= 9, 1, 0)', 0],
    ['FILL(none, 0) + a', 6],
    ['none + a', undefined],
    ['a / zero', undefined],
    ['IF(none > 0, 1, 0)', undefined],
  ])('%s is %s', (expression, value) => {
    expect(evaluate(expression, read)).toBe(value);
  });

  it.each(['a +', 'MAX(a)', 'a b', 'a ? b'])('refuses %s', (expression) => {
    expect(() => evaluate(expression, read)).toThrow();
  });
});

/**
 * The tables of AWS's documentation: X breaches, 0 does not, - is missing; oldest first, five points retrieved. Alarm or
 * OK when missing data is breaching, then when it is not.
 */
describe.each([
  { needed: 3, rows: { '0-X-X': 'OO', '0----': 'OO', '-----': 'AO', '0XX-X': 'AA', '--X--': 'AO' } },
  { needed: 2, rows: { '0-X-X': 'AA', '00X0X': 'AA', '0-X--': 'AO', '----0': 'AO', '---X-': 'AO' } },
])('$needed of 3 periods', ({ needed, rows }) => {
  const alarmWith = (TreatMissingData: AlarmProperties['TreatMissingData']): AlarmProperties => ({
    AlarmName: 'test',
    AlarmDescription: '',
    AlarmActions: [''],
    OKActions: [''],
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    EvaluationPeriods: 3,
    DatapointsToAlarm: needed,
    TreatMissingData,
    MetricName: 'm',
  });
  const points = (row: string): Point[] =>
    [...row].map((mark) => (mark === '-' ? undefined : mark === 'X' ? 1 : 0));

  it.each(Object.entries(rows))('%s', (row, [breaching, notBreaching]) => {
    expect(isInAlarm(alarmWith('breaching'), { m: points(row) })).toBe(breaching !== 'O');
    expect(isInAlarm(alarmWith('notBreaching'), { m: points(row) })).toBe(notBreaching !== 'O');
  });
});
