import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../shared/contract/json-body.ts';
import { type ErrorCode, SchedulerError } from '../../../shared/domain/errors.ts';
import { MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../../../shared/domain/limits.ts';

function refusal(text: string): SchedulerError<ErrorCode> {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof SchedulerError) return error;
    throw error;
  }
  throw new Error('was taken');
}
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const list = (length: number) => `[${Array.from({ length }, () => '0').join(',')}]`;

describe('a body', () => {
  it('is read as JSON.parse reads it, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('nests as deep and holds as many values as it may, and no more', () => {
    expect(parseJson(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(refusal(nested(MAX_JSON_DEPTH + 2)).message).toContain('nested deeper');
    expect(refusal(nested(MAX_BODY_BYTES / 2)).message).toContain('nested deeper');
    expect(parseJson(list(MAX_JSON_VALUES - 1))).toHaveLength(MAX_JSON_VALUES - 1);
    expect(refusal(list(MAX_JSON_VALUES)).message).toContain(`more than ${MAX_JSON_VALUES} values`);
    const members = Array.from({ length: MAX_JSON_VALUES }, (_, at) => `"${at}":0`).join(',');
    expect(refusal(`{${members}}`).code).toBe('malformed-json');
  });

  it.each([
    ['{"a":1,"b":{"a":2},"a":3}', '"a"'],
    ['{"a":1,"\\u0061":3}', '"a"'],
    ['[{"x":[{"y":1}],"x":{}}]', '"x"'],
    ['{"":0,"":0}', '""'],
    [`{"${'n'.repeat(1_000)}":0,"${'n'.repeat(1_000)}":0}`, `"${'n'.repeat(64)}…"`],
  ])('names nothing twice: %s', (text, name) => {
    const { code, message } = refusal(text);
    expect([code, message]).toEqual(['malformed-json', expect.stringContaining(`the name ${name} is there`)]);
  });

  it.each(['{"a":"a","b":"a"}', '[{"a":1},{"a":1}]', '{"a":{"a":{"a":[]}}}', '{"a":"\\",\\"a\\":1"}'])(
    'may say the same in different places: %s',
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    },
  );

  it.each(['9007199254740993', '-9007199254740993', '12345678901234567890', '1'.repeat(400)])(
    'holds no whole number that would become another: %s',
    (digits) => {
      expect(refusal(`{"id":${digits}}`).message).toMatch(/is too large|send it as text/);
      expect(parseJson(JSON.stringify({ id: digits }))).toEqual({ id: digits });
    },
  );

  it.each(['9007199254740991', '-9007199254740992', '100000000000000000000', '1e300', '0.1', '-0', '1E-400'])(
    'holds any other number: %s',
    (digits) => {
      expect(parseJson(`[${digits}]`)).toEqual([Number(digits)]);
    },
  );

  it.each([
    ['{"a":{"b":"\\ud800"}}', 'a.b'],
    ['["ok","\\udc00 \\ud83d\\ude00"]', '[1]'],
    ['{"\\ud83d":1}', '\ud83d'],
  ])('says where something is that cannot be kept: %s', (text, path) => {
    const error = refusal(text);
    expect(error).toMatchObject({ code: 'validation-failed', details: { errors: [{ path }] } });
  });

  it.each([
    ['"', `"${'\\"'.repeat(MAX_BODY_BYTES / 2 - 1)}"`],
    ['\\', `"${'\\\\'.repeat(MAX_BODY_BYTES / 2 - 1)}"`],
    ['a', `"${'a'.repeat(MAX_BODY_BYTES - 2)}"`],
  ])('may be one long text of %s', (_, text) => {
    expect(parseJson(text)).toBe(JSON.parse(text));
  });
});
