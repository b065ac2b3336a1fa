import { describe, expect, it } from 'vitest';
import { idFor, onTopOf, readAt, writeAt } from '../../../functions/console/page/src/pages/editor/draft.ts';
import { lineOf } from '../../../functions/console/page/src/pages/editor/line-of.ts';
import { changesBetween } from '../../../functions/console/page/src/parts/changes.ts';

describe('a draft', () => {
  it('is read and written by path', () => {
    const draft = writeAt({ name: 'a' }, 'schedule.dst.gap', 'skip');
    expect(draft).toEqual({ name: 'a', schedule: { dst: { gap: 'skip' } } });
    expect([readAt(draft, 'schedule.dst.gap'), readAt(draft, 'name.first')]).toEqual(['skip', undefined]);
  });

  it('keeps no object of which nothing is left', () => {
    const draft = { name: 'a', schedule: { kind: 'cron', dst: { gap: 'skip' } }, stop: { afterRuns: 1 } };
    expect(writeAt(writeAt(draft, 'stop.afterRuns', undefined), 'schedule.dst.gap', undefined)).toEqual({
      name: 'a',
      schedule: { kind: 'cron' },
    });
  });

  it('is written within its lists, where those behind keep their places and {} stays', () => {
    const draft = writeAt({ name: 'a' }, 'concurrency[0].key', 'tag:a');
    expect(draft).toEqual({ name: 'a', concurrency: [{ key: 'tag:a' }] });
    const rules = {
      retry: {
        rules: [
          { match: { errorType: 'A' }, then: 'stop' },
          { match: {}, then: 'retry' },
        ],
      },
    };
    expect(writeAt(rules, 'retry.rules[0].match.errorType', undefined)).toEqual({
      retry: {
        rules: [
          { match: {}, then: 'stop' },
          { match: {}, then: 'retry' },
        ],
      },
    });
    expect(readAt(rules, 'retry.rules[1].then')).toBe('retry');
    expect(readAt({ concurrency: 'no list' }, 'concurrency[0].key')).toBeUndefined();
  });

  it('is put on top of what somebody else wrote, field by field', () => {
    const base = { name: 'a', tags: ['x'], timeoutSeconds: 5 };
    const theirs = { name: 'b', tags: ['y'], queue: 'low' };
    expect(onTopOf(theirs, base, { ...base, name: 'c' })).toEqual({ name: 'c', tags: ['y'], queue: 'low' });
  });

  it.each([
    ['Nightly report', 'nightly-report'],
    ['  Über-Bericht (2) ', 'uber-bericht-2'],
    ['日報', ''],
  ])('%s gets the id %s', (name, id) => {
    expect(idFor(name)).toBe(id);
  });
});

describe('the line of a problem', () => {
  const text = JSON.stringify(
    {
      name: '',
      concurrency: [{ key: 'a', limit: 1 }, { key: 'b' }],
      schedule: { kind: 'cron', expressions: ['x'] },
    },
    null,
    2,
  );
  it.each([
    ['name', '"name"'],
    ['concurrency[1].key', '"b"'],
    ['schedule.expressions[0]', '"x"'],
    ['schedule.timezone', '"schedule"'],
  ])('of %s holds %s', (path, written) => {
    expect(text.split('\n')[(lineOf(text, path) ?? 0) - 1]).toContain(written);
  });

  it('is unknown for the whole', () => {
    expect(lineOf(text, '')).toBeUndefined();
  });
});

describe('what changed', () => {
  it('is told field by field, with what came, what went, and what is hidden as a whole', () => {
    const masked = (hash: string) => ({ masked: hash, bytes: 3 });
    expect(
      changesBetween(
        { same: 1, retry: { limit: 5, baseSeconds: 10 }, payload: masked('a'), gone: true },
        { same: 1, retry: { limit: 3, baseSeconds: 10 }, payload: masked('b'), tags: ['x'] },
      ),
    ).toEqual([
      { path: 'retry.limit', before: 5, after: 3 },
      { path: 'payload', before: masked('a'), after: masked('b') },
      { path: 'gone', before: true, after: undefined },
      { path: 'tags', before: undefined, after: ['x'] },
    ]);
  });
});
