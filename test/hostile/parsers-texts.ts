import fc from 'fast-check';
import { retryAfterSeconds } from '../../shared/contract/handler-errors.ts';
import { readPrecondition } from '../../shared/contract/if-match.ts';
import { parseJson, requireBounded } from '../../shared/contract/json-body.ts';
import { decodeCursor, encodeCursor } from '../../shared/contract/list-query.ts';
import { mergePatch } from '../../shared/contract/merge-patch.ts';
import { ScheduleSchema } from '../../shared/contract/schedule.ts';
import { parseToken } from '../../shared/domain/api-token.ts';
import { parseBackfillId } from '../../shared/domain/backfill.ts';
import { parseCron } from '../../shared/domain/cron-expression.ts';
import { normalisedMessage } from '../../shared/domain/fingerprint.ts';
import { tenantOfToken } from '../../shared/domain/hand-off.ts';
import { headerProblem } from '../../shared/domain/http-header.ts';
import {
  ExpressionError,
  evaluateExpression,
  expressionProblem,
} from '../../shared/domain/json-expression.ts';
import { parseExecutionId, parseRunPointer } from '../../shared/domain/occurrence.ts';
import { renderPayload, templateProblems } from '../../shared/domain/payload-template.ts';
import { isReachable, literalAddress } from '../../shared/domain/public-address.ts';
import { parseRrule } from '../../shared/domain/rrule-text.ts';
import { parseSlotName } from '../../shared/domain/semaphore.ts';
import { fromIso } from '../../shared/domain/time.ts';
import { previewSchedule } from '../../shared/usecases/preview-schedule.ts';
import { makeMemoryWorld } from '../support/memory-world.ts';
import { type Parser, parser, refusesWith } from './parser.ts';
import { json, jsonText, near, nest, text } from './values.ts';

const isExpressionError = (error: unknown) => error instanceof ExpressionError;
const MANY = 100_000;

const cronText = fc.oneof(text, fc.stringMatching(/^([0-9*,/LW?#H@-]{1,8} ){4}[0-9*,/LW?#H-]{1,8}$/));
const rruleText = fc.oneof(
  text,
  fc.stringMatching(
    /^(RRULE:)?FREQ=(YEARLY|SECONDLY|DAILY)(;(BYDAY|BYSETPOS|COUNT|UNTIL|BYHOUR|INTERVAL)=[-+0-9MOTUZ,]{1,12}){0,4}$/,
  ),
);
const expression = fc.oneof(
  text,
  fc.stringMatching(
    /^(\$(string|sum|map|reduce|sort|split|replace|lookup|keys|merge|toMillis|join|pad)\()?[a-z.()[\]{}$,:"'0-9 *%^&|~?=<>!+/-]{0,60}$/,
  ),
);

const world = makeMemoryWorld();
const preview = (schedule: unknown) =>
  previewSchedule({ ...world }, { tenant: 'root', role: 'viewer', actor: 'test' }, { schedule, count: 10 });

export const textParsers: Parser[] = [
  parser('shared/domain/cron-expression.ts parseCron', cronText, parseCron, {
    worst: [
      `${'1,'.repeat(MANY)}1 * * * *`,
      ' '.repeat(MANY),
      `${'*/1,'.repeat(MANY)}* * * * *`,
      '0 0 30 2 *',
    ],
  }),
  parser('shared/domain/rrule-text.ts parseRrule', rruleText, parseRrule, {
    worst: [
      ';'.repeat(MANY),
      `FREQ=DAILY;BYDAY=${'MO,'.repeat(MANY)}MO`,
      'FREQ=YEARLY;BYWEEKNO=53;BYMONTH=2',
    ],
  }),
  parser('shared/usecases/preview-schedule.ts previewSchedule', near(ScheduleSchema), preview, {
    refuses: refusesWith('validation-failed'),
    worst: [
      { kind: 'rrule', rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', timezone: 'UTC' },
      { kind: 'rrule', rule: 'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', timezone: 'Europe/Paris' },
      { kind: 'rrule', rule: 'FREQ=SECONDLY;INTERVAL=7919;BYHOUR=3;BYMINUTE=3;BYSECOND=3' },
      { kind: 'rrule', rule: 'FREQ=YEARLY;INTERVAL=1000;BYMONTHDAY=-31;COUNT=100000' },
      { kind: 'cron', expressions: ['0 0 29 2 1#5', '* * * * * *'], timezone: 'Pacific/Apia' },
      { kind: 'interval', seconds: 315_576_000, startAt: '1970-01-01T00:00:00.000Z' },
    ],
  }),
  parser('shared/domain/json-expression.ts expressionProblem', expression, expressionProblem, {
    worst: [
      '('.repeat(999),
      '['.repeat(999),
      '-'.repeat(999),
      `${'a.'.repeat(499)}a`,
      `${'1?'.repeat(499)}1`,
      '`'.repeat(999),
    ],
  }),
  parser(
    'shared/domain/json-expression.ts evaluateExpression',
    fc.tuple(expression, json),
    ([written, input]) =>
      expressionProblem(written) === undefined ? evaluateExpression(written, input) : null,
    {
      refuses: isExpressionError,
      worst: [
        ['$reduce([1..60], function($a, $b){ { "l": $a, "r": $a } }, 1)', {}],
        ['$string($reduce([1..60], function($a, $b){ [[$a], [$a]] }, 1))', {}],
        ['$reduce([1..60], function($a, $b){ { "l": $a, "r": $a } }, 1).**', {}],
        ['$length($uppercase($reduce([1..40], function($a, $b){ $a & $a }, "x")))', {}],
        ['$join([1..10000].($pad("x", 10000)), $pad("y", 10000))', {}],
        ['$replace(a, "a", a)', { a: 'a'.repeat(MANY) }],
        ['$count($distinct(a))', { a: Array.from({ length: 50_000 }, (_, at) => ({ at })) }],
        ['$toMillis(a, b)', { a: 'a'.repeat(5_000), b: `${'[YA]'.repeat(8)}1` }],
        ['$toMillis(a, b)', { a: 'one '.repeat(10), b: `${'[Yw]'.repeat(8)}x` }],
        ['$formatInteger(1e308, "w") & $formatInteger(1e308, "I")', {}],
        ['$fromMillis(0, "[Y,999999999]")', {}],
        ['($f := function($x){ $f($x) }; $f(1))', {}],
        ['$sort([1..10000], function($a, $b){ true })', {}],
        ['[1..10000].[1..10000]', {}],
        ['a', { a: JSON.parse(nest(20_000)) }],
      ] satisfies [string, unknown][],
    },
  ),
  parser('shared/domain/payload-template.ts templateProblems', json, templateProblems, {
    worst: ['{{'.repeat(MANY), '{'.repeat(MANY), `}}${'{{ '.repeat(MANY)}`, '{{a}}'.repeat(1_000)],
  }),
  parser(
    'shared/domain/payload-template.ts renderPayload',
    json,
    (value) => renderPayload(value, { task: {} }),
    {
      refuses: isExpressionError,
      worst: ['{{'.repeat(MANY), `{{ 1 }}${'{{'.repeat(MANY)}`],
    },
  ),
  parser('shared/contract/json-body.ts parseJson', jsonText, parseJson, {
    refuses: refusesWith('malformed-json', 'validation-failed'),
    worst: [
      nest(MANY),
      `"${'\\u0041'.repeat(MANY)}"`,
      '9'.repeat(MANY),
      `[${'{"a":1},'.repeat(20_000)}1]`,
      '"'.repeat(MANY),
    ],
  }),
  parser('shared/contract/json-body.ts requireBounded', json, (value) => requireBounded(value), {
    refuses: refusesWith('malformed-json'),
  }),
  parser('shared/contract/merge-patch.ts mergePatch', fc.tuple(json, json), ([target, patch]) =>
    mergePatch(target, patch),
  ),
  parser(
    'shared/contract/list-query.ts decodeCursor',
    fc.oneof(
      text,
      jsonText.map((cursor) => Buffer.from(cursor).toString('base64url')),
      text.map((at) => encodeCursor('tasks', { at })),
    ),
    (cursor) => decodeCursor('tasks', cursor),
    { refuses: refusesWith('validation-failed') },
  ),
  parser(
    'shared/contract/if-match.ts readPrecondition',
    fc.record({ ifMatch: text, ifNoneMatch: text }, { requiredKeys: [] }),
    readPrecondition,
    {
      refuses: refusesWith('precondition-invalid'),
      worst: [{ ifMatch: '"a",'.repeat(MANY) }, { ifMatch: '"'.repeat(MANY) }],
    },
  ),
  parser('shared/contract/handler-errors.ts retryAfterSeconds', fc.tuple(text, text), ([after, date]) =>
    finiteOrNone(retryAfterSeconds(after, date)),
  ),
  parser('shared/domain/api-token.ts parseToken', text, parseToken, { worst: [`esc_${'0'.repeat(MANY)}`] }),
  parser('shared/domain/backfill.ts parseBackfillId', text, parseBackfillId),
  parser('shared/domain/hand-off.ts tenantOfToken', text, tenantOfToken),
  parser('shared/domain/occurrence.ts parseExecutionId', text, parseExecutionId),
  parser('shared/domain/occurrence.ts parseRunPointer', text, parseRunPointer),
  parser('shared/domain/semaphore.ts parseSlotName', text, parseSlotName),
  parser('shared/domain/time.ts fromIso', text, fromIso),
  parser('shared/domain/public-address.ts isReachable', text, (address) =>
    isReachable(literalAddress(address) ?? address, { private: true, loopback: true }),
  ),
  parser('shared/domain/http-header.ts headerProblem', fc.tuple(text, text), ([name, value]) =>
    headerProblem(name, value, 'task'),
  ),
  parser('shared/domain/fingerprint.ts normalisedMessage', text, normalisedMessage, {
    worst: ['"'.repeat(2_001), "'`".repeat(1_000), `${'1.'.repeat(1_000)}`, 'a://'.repeat(500)],
  }),
];

function finiteOrNone(seconds: number | undefined): void {
  if (seconds !== undefined && !(seconds >= 0)) throw new Error(`a wait of ${seconds} s`);
}
