import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasTemplates,
  isFilledAt,
  renderPayload,
  templateProblems,
} from '../../../shared/domain/payload-template.ts';

const input = { run: { attempt: 2 }, previous: { result: { next: [1, 2] } }, variables: { region: 'eu' } };

describe('a template in a payload', () => {
  it.each([
    ['{{ previous.result.next }}', [1, 2]],
    [' {{run.attempt}} ', 2],
    ['{{ nothing }}', null],
    ['{{ variables.region }}-{{ run.attempt }}', 'eu-2'],
    ['a {{ nothing }} b', 'a  b'],
    ['{{ {"a": {"b": 1} } }}', { a: { b: 1 } }],
    ['list: {{ previous.result.next }}', 'list: [1,2]'],
    ['no template', 'no template'],
    ['{ not one }', '{ not one }'],
  ])('%s becomes %j', async (text, value) => {
    expect(await renderPayload({ deep: [text] }, input)).toEqual({ deep: [value] });
  });

  it('is refused by path when it does not parse', () => {
    const payload = { a: [{ b: 'x {{ 1 + }} y' }], c: '{{ }}', d: '{{ $match("a", /a/) }}' };
    expect(templateProblems(payload)).toEqual([
      { path: 'payload.a[0].b', message: expect.stringContaining('{{ 1 + }}') },
      { path: 'payload.c', message: expect.stringContaining('is empty') },
      { path: 'payload.d', message: expect.stringContaining('regular expressions') },
    ]);
  });

  it('is refused when there are too many', () => {
    expect(templateProblems(Array(51).fill('{{ run.id }}'))).toMatchObject([{ path: 'payload' }]);
  });

  it('is known by its path, as the errors of a schema name it', () => {
    const payload = { to: ['{{ variables.to }}'], n: 1 };
    expect(isFilledAt(payload, 'payload.to[0]')).toBe(true);
    expect(isFilledAt(payload, 'payload.n')).toBe(false);
    expect(isFilledAt(payload, 'payload.none.at.all')).toBe(false);
    expect(isFilledAt('{{ run }}', 'payload')).toBe(true);
    expect(isFilledAt({ to: '{{ run }}' }, 'payload.to.street')).toBe(true);
  });

  it('leaves every payload without one as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (payload) => {
        fc.pre(!hasTemplates(payload));
        const plain: unknown = JSON.parse(JSON.stringify(payload));
        expect(await renderPayload(plain, input)).toEqual(plain);
        expect(templateProblems(plain)).toEqual([]);
      }),
    );
  });
});
