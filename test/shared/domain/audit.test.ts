import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, masking } from '../../../shared/domain/audit.ts';
import { MAX_AUDIT_STATE_BYTES } from '../../../shared/domain/limits.ts';

const mask = masking('a key of one entry');
const shown = (state: unknown) => JSON.parse(mask(state));

const CANARY = 'canary-5f2c9a1be07d';
/** Texts and JSON of any form with the canary somewhere in it, as a text, in one, or as the name of a member. */
const aText = fc.tuple(fc.string(), fc.string()).map(([before, after]) => before + CANARY + after);
const aValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    aText,
    fc.tuple(fc.jsonValue(), tie('value'), fc.jsonValue()),
    fc.record({ name: tie('value'), status: fc.jsonValue(), id: fc.constant('nightly') }),
    fc.tuple(aText, fc.jsonValue()).map(([name, value]) => ({ [name]: value })),
    fc.tuple(fc.string(), tie('value')).map(([name, value]) => ({ [name]: value })),
  ),
})).value;

const task = (over: object = {}) => ({
  id: 'nightly',
  name: 'Nightly report',
  handler: 'demo.echo',
  payload: { to: 'a@b.c' },
  schedule: { kind: 'cron', expressions: ['0 2 * * *'], timezone: 'UTC', jitterSeconds: 0 },
  queue: 'default',
  tags: ['billing'],
  retry: { strategy: 'fixed', limit: 5, baseSeconds: 10, maxSeconds: 60, jitter: 'none' },
  status: 'active',
  version: 3,
  ...over,
});
const http = { type: 'http', url: 'https://hooks.example.com/', method: 'POST', headers: {} };

/** Wherever somebody can write what is nobody else's business. */
const PLACES: Record<string, (value: unknown) => unknown> = {
  'the payload of a task': (payload) => task({ payload }),
  'the payload of a link': (payload) => task({ onSuccess: [{ taskId: 'load', payload }] }),
  'the value of a variable': (value) => ({ name: 'region', value }),
  'a header': (headers) => task({ target: { ...http, headers } }),
  'the value of a header': (value) => task({ target: { ...http, headers: { authorization: value } } }),
  'the path of a webhook': (text) =>
    task({ target: { ...http, url: `https://hooks.example.com/${JSON.stringify(text)}` } }),
  'a condition': (when) => task({ stop: { when } }),
  'the result of a run': (result) => ({ id: 'run', status: 'success', result }),
  'the message of an error': (errorMessage) => ({ id: 'run', status: 'dead', errorMessage }),
  'the message of an attempt': (errorMessage) => ({ id: 'run', attempts: [{ attempt: 1, errorMessage }] }),
  'the progress of a run': (message) => ({ id: 'run', progress: { percent: 1, message } }),
  'why it was put off': (snoozeReason) => ({ id: 'run', snoozeReason }),
  'the message of an item': (message) => ({ count: 1, items: [{ id: 'run', ok: false, message }] }),
  'a credential': (token) => ({ id: 'T', role: 'admin', token, hash: token }),
  'a field of tomorrow': (value) => task({ remark: value, retry: { note: value } }),
  'an answer that is no object': (value) => JSON.stringify(value),
};

describe('masking', () => {
  it.each(Object.entries(PLACES))('lets nothing out of %s', (_, at) => {
    fc.assert(
      fc.property(aValue, (value) => {
        expect(mask(at(value))).not.toContain(CANARY);
      }),
    );
  });

  it.each(Object.keys(PLACES).filter((place) => !/credential|attempt|progress|put off/.test(place)))(
    'shows that %s changed, and when it did not',
    (place) => {
      const at = PLACES[place] ?? (() => undefined);
      fc.assert(
        fc.property(aText, aText, (one, other) => {
          expect(mask(at(one))).toBe(mask(structuredClone(at(one))));
          if (one !== other) expect(mask(at(one))).not.toBe(mask(at(other)));
        }),
      );
    },
  );

  it('cannot be tried out: the hash of the same value is another one in another entry', () => {
    const pin = { name: 'pin', value: '1234' };
    expect(masking('a')(pin)).not.toBe(masking('b')(pin));
    expect(shown(pin)).toEqual({
      name: 'pin',
      value: { masked: expect.stringMatching(/^\w{12}$/), bytes: 6 },
    });
  });

  it('leaves what tells when, where and how it runs', () => {
    const { payload: _, ...rest } = task();
    expect(shown(task())).toEqual({
      ...rest,
      payload: { masked: expect.stringMatching(/^[0-9a-f]{12}$/), bytes: 14 },
    });
  });

  it('tells where a webhook goes, and no more of its address', () => {
    const url = 'https://hooks.example.com:8443/services/T0/B0/x?key=y';
    expect(shown({ target: { ...http, url } }).target).toMatchObject({
      type: 'http',
      method: 'POST',
      url: { origin: 'https://hooks.example.com:8443', bytes: url.length + 2 },
    });
  });

  it('leaves out credentials, and what moves by itself', () => {
    const moving = { nextRunAt: 'x', lastRun: {}, updatedAt: 'x', depth: 7, token: 'esc_1_2', hash: 'h' };
    expect(mask(task(moving))).toBe(mask(task()));
  });

  it('stays within its bounds whatever it is given, and keeps what is small', () => {
    const dates = Array.from({ length: 1_000 }, (_, day) => `day ${day}`);
    expect(shown({ id: 'holidays', name: 'Holidays', dates })).toEqual({
      id: 'holidays',
      name: 'Holidays',
      dates: { masked: expect.any(String), bytes: JSON.stringify(dates).length },
    });
    const big = fc.dictionary(
      fc.constantFrom('id', 'name', 'dates', 'tags', 'schedule', 'odd'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.oneof(big, fc.array(big, { maxLength: 200 }), fc.jsonValue()), (state) => {
        expect(Buffer.byteLength(mask(state))).toBeLessThanOrEqual(MAX_AUDIT_STATE_BYTES);
      }),
    );
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`field${at}`, 'x'.repeat(50)]));
    expect(Buffer.byteLength(mask(wide))).toBeLessThanOrEqual(MAX_AUDIT_STATE_BYTES);
  });
});

it.each([
  ['task.pause', 'task.pause', true],
  ['task.pause', 'task', true],
  ['task.pause', 'tas', false],
  ['task.pause', 'task.pause.x', false],
  ['tasks/a/backfills/b', 'tasks/a', true],
  ['tasks/ab', 'tasks/a', false],
  ['event:order-1', 'event', true],
  ['anything', undefined, true],
])('a filter takes the text or what stands beneath it: %s, asked for %s', (text, asked, is) => {
  expect(isWithin(text, asked)).toBe(is);
});
