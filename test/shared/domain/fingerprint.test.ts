import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, normalisedMessage } from '../../../shared/domain/fingerprint.ts';

describe('a message without what differs', () => {
  it.each([
    ['order 4711 not found', 'order <n> not found'],
    ['took 1.5 s of 2,000, at 10:30:05', 'took <n> s of <n>, at <n>'],
    ['run 0f8fad5b-d9cb-469f-a165-70867728950e is gone', 'run <id> is gone'],
    ['hash 9e107d9d372bb6826bd81d3542a419d6 differs', 'hash <id> differs'],
    ['at 0x7ffe1234abcd', 'at <id>'],
    ['id 01JD0000000000000000000000', 'id <id>'],
    ['no user "ann@example.com" there', 'no user <text> there'],
    ["can't read 'a b' or `c`", "can't read <text> or <text>"],
    ['GET https://api.example.com/v1/orders/7?x=1 failed', 'GET <url> failed'],
    ['since 2026-11-21T09:00:00.000Z', 'since <time>'],
    ['on 2026-11-21 09:00', 'on <time>'],
    ['user42 and user7', 'user<n> and user<n>'],
    ['items 1, 2, 3 failed', 'items <n> failed'],
    ['items 1 failed', 'items <n> failed'],
    ['  two\n lines ', 'two lines'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <n>'],
    ['plain words stay', 'plain words stay'],
    ['', ''],
  ])('%j → %j', (message, expected) => {
    expect(normalisedMessage(message)).toBe(expected);
  });

  /** Texts made of what the rules look for, besides any others. */
  const pieces = fc.constantFrom(
    ...[
      '"',
      "'",
      '`',
      '<',
      '>',
      '<n>',
      '<id>',
      'http://',
      'a+b://x',
      '0x',
      'deadbeef',
      '2026-11-21',
      'T09:00',
      '12',
      '.',
    ],
    ...['7', 'a', 'Zoë', ' ', '\n', ',', ':', '-', 'x1', '0f8fad5b-d9cb-469f-a165-70867728950e', '😀', '_'],
  );
  const messages = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  );

  it('stays as it is when it is taken out again', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const once = normalisedMessage(message);
        expect(normalisedMessage(once)).toBe(once);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is bounded by the message', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(normalisedMessage(message).length).toBeLessThanOrEqual(6 * message.length);
      }),
    );
  });

  it('is the same for all numbers and ids in the same places', () => {
    const id = fc.oneof(fc.nat().map(String), fc.uuid());
    fc.assert(
      fc.property(fc.nat(), fc.nat(), id, id, (a, b, one, other) => {
        const message = (n: number, text: string) => `item ${n} of "${text}${n}" (${n}): ${n} left`;
        expect(normalisedMessage(message(a, one))).toBe(normalisedMessage(message(b, other)));
      }),
    );
  });

  /** Steps, not time: the expressions look at each character a bounded number of times. */
  it.each([
    '"',
    "'",
    "'a",
    " '",
    '`',
    '1',
    '1.',
    '1a',
    'a',
    'a:',
    'a.',
    'http://',
    '<n>',
    '<n> ',
    '<n>,',
    ' ',
    '\n',
    '2026-11-21T',
    '2026-',
    '0f8fad5b-',
    '+-.',
  ])('of many thousand times %j is found in proportion to them', (piece) => {
    const timed = (count: number) => {
      const text = piece.repeat(count);
      const from = process.hrtime.bigint();
      normalisedMessage(text);
      return Number(process.hrtime.bigint() - from) / 1e6;
    };
    timed(1_000);
    // A quadratic expression would take minutes.
    expect(timed(200_000)).toBeLessThan(5_000);
  });
});

describe('a fingerprint', () => {
  const death = { handler: 'demo.fail', errorType: 'Error', errorMessage: 'order 1 not found' };

  it('is 16 hexadecimal digits, the same for deaths of the same kind', () => {
    expect(fingerprintOf(death)).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf({ ...death, errorMessage: 'order 2 not found' })).toBe(fingerprintOf(death));
  });

  it('never changes: it is stored', () => {
    expect(fingerprintOf(death)).toBe('90fcd913c260a01f');
  });

  const http = (url: string) => ({ type: 'http', url, method: 'POST', headers: {} }) as const;
  it.each([
    ['handler', { ...death, handler: 'demo.echo' }],
    ['type', { ...death, errorType: 'TypeError' }],
    ['message', { ...death, errorMessage: 'customer 1 not found' }],
    ['target', { ...death, target: http('https://a.example.com/x') }],
  ])('differs by %s', (_, other) => {
    expect(fingerprintOf(other)).not.toBe(fingerprintOf(death));
  });

  it('knows a target by its host', () => {
    const at = (url: string) => fingerprintOf({ ...death, target: http(url) });
    expect(at('https://a.example.com/x/1')).toBe(at('https://a.example.com/x/2'));
    expect(at('https://b.example.com/x/1')).not.toBe(at('https://a.example.com/x/1'));
  });

  it('looks at what is stored of a message', () => {
    const long = 'x '.repeat(2_000);
    expect(fingerprintOf({ ...death, errorMessage: long })).toBe(
      fingerprintOf({ ...death, errorMessage: long.slice(0, 2_000) }),
    );
  });
});
