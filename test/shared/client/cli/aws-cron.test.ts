import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronOf } from '../../../../shared/client/cli/eventbridge/cron-of.ts';
import { mapSchedule } from '../../../../shared/client/cli/eventbridge/mapping.ts';
import { whenOf } from '../../../../shared/client/cli/eventbridge/schedule-of.ts';
import { Unmapped } from '../../../../shared/client/cli/eventbridge/unmapped.ts';
import { resolveSchedule } from '../../../../shared/contract/resolve-schedule.ts';
import { ScheduleSchema } from '../../../../shared/contract/schedule.ts';
import { nominalInstants } from '../../../../shared/domain/nominal-instants.ts';
import { isRecurring } from '../../../../shared/domain/schedule.ts';
import { awsCronInstants } from './aws-cron.ts';

const FROM = Date.parse('2027-06-01T00:00:00Z');
const TO = Date.parse('2030-06-01T00:00:00Z');
const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:report';

function mappedInstants(expression: string, timezone: string): number[] | undefined {
  const { input, parts } = mapSchedule(
    {
      Name: 'n',
      ScheduleExpression: `cron(${expression})`,
      ScheduleExpressionTimezone: timezone,
      CreationDate: new Date('2027-01-01T00:00:00Z'),
      Target: { Arn: ARN, RoleArn: 'r', Input: '{}' },
    },
    new Map([[ARN, 'demo.echo']]),
    FROM,
  );
  expect(parts.find(({ part }) => part === 'schedule')).toMatchObject({ maps: 'exactly' });
  const resolved = resolveSchedule(ScheduleSchema.parse(input?.schedule), {
    nowMs: FROM,
    tenant: 'root',
    taskId: 't',
    misfireGraceSeconds: 300,
    calendars: [],
  });
  // What has no occurrence left is refused.
  if (!resolved.ok || !isRecurring(resolved.schedule)) return undefined;
  const found: number[] = [];
  for (const at of nominalInstants(resolved.schedule, FROM)) {
    if (at >= TO) break;
    found.push(at);
  }
  return found;
}

const number = (first: number, last: number) => fc.integer({ min: first, max: last });
/** A value, a range or a list; steps from each. */
const field = (first: number, last: number, minStep = 2) => {
  const step = number(minStep, Math.max(minStep, Math.floor((last - first) / 2)));
  const range = fc
    .tuple(number(first, last), number(first, last))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
  return fc.oneof(
    number(first, last).map(String),
    range.map(([a, b]) => `${a}-${b}`),
    fc.tuple(range, step).map(([[a, b], by]) => `${a}-${b}/${by}`),
    fc.tuple(number(first, last), step).map(([a, by]) => `${a}/${by}`),
    step.map((by) => `*/${by}`),
    fc.uniqueArray(number(first, last), { minLength: 2, maxLength: 4 }).map((values) => values.join(',')),
  );
};
const minute = fc.oneof(
  number(0, 59).map(String),
  fc.constantFrom('0/15', '*/20', '5,35', '0,30', '10-50/20', '59'),
);
const hour = fc.oneof(fc.constant('*'), fc.constantFrom('1', '2', '3', '1-3', '0/6', '2,14'), field(0, 23));
const month = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  field(1, 12),
  fc.constantFrom('FEB', 'JAN-MAR', 'MAR,OCT'),
);
const weekday = fc.oneof(
  field(1, 7),
  fc.constantFrom('MON-FRI', 'SUN', 'L', '6L', 'FRIL', '1L', '*', 'SAT,SUN', '2/2', '1-7/3'),
  fc.tuple(number(1, 7), number(1, 5)).map(([day, nth]) => `${day}#${nth}`),
);
const days = fc.oneof(
  fc.tuple(fc.oneof(fc.constant('*'), fc.constant('L'), field(1, 31)), fc.constant('?')),
  fc.tuple(fc.constant('?'), weekday),
);
const year = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  fc.constantFrom('2028', '2028-2029', '2027,2028', '2029-2199', '1970-2028'),
);
const expression = fc
  .tuple(minute, hour, days, month, year)
  .map(([m, h, [date, of], mo, y]) => [m, h, date, mo, of, y].join(' '));
const zone = fc.constantFrom(
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Pacific/Auckland',
);

describe('a cron expression of EventBridge Scheduler that maps', () => {
  it('has the same occurrences, over years and changes of the clock', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(expression, zone, (text, timezone) => {
        expect(mappedInstants(text, timezone) ?? []).toEqual(awsCronInstants(text, timezone, FROM, TO));
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    '30 2 * * ? *',
    '0/30 * ? * SUN *',
    '0 17 LW * ? *',
    '5 9 1W 3,6 ? *',
    '0 2 ? MAR,OCT 1L *',
    '15 1-3 29 2 ? *',
  ])('has the same occurrences in zones whose clock changes: %s', (text) => {
    for (const timezone of ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe'])
      expect(mappedInstants(text, timezone)).toEqual(awsCronInstants(text, timezone, FROM, TO));
  });

  it('is given back as an expression of the same occurrences, or refused', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.tuple(minute, hour, days, month), zone, ([m, h, [date, of], mo], timezone) => {
        const text = [m, h, date, mo, of, '*'].join(' ');
        const { expressions, rule } = cronOf(text, timezone !== 'UTC');
        fc.pre(rule === undefined);
        const dst = { gap: 'skip', repeat: 'first' } as const;
        const schedule = { kind: 'cron', expressions, timezone, dst, jitterSeconds: 0 } as const;
        const back = givenBack({ ...schedule, expressions: [...expressions] });
        // Only lists with L and # become several expressions, of which there is one there.
        if (back === undefined) expect(`${date} ${of}`).toMatch(/[L#]/);
        else
          expect(awsCronInstants(back, timezone, FROM, TO)).toEqual(
            awsCronInstants(text, timezone, FROM, TO),
          );
      }),
      { numRuns: 100 },
    );
  });
});

function givenBack(schedule: Parameters<typeof whenOf>[0]): string | undefined {
  try {
    return /^cron\((.*)\)$/.exec(whenOf(schedule, FROM, () => {}).ScheduleExpression ?? '')?.[1];
  } catch (error) {
    if (error instanceof Unmapped) return undefined;
    throw error;
  }
}
