import { describe, expect, it } from 'vitest';
import { decode, EXECUTION, encode } from '../../../../shared/adapters/dynamodb/codec.ts';
import { changeToUpdate } from '../../../../shared/adapters/dynamodb/update.ts';
import { aRun } from '../../../contracts/samples.ts';

/** What makes going back to the version before possible (docs/upgrading.md). */
describe('an item that a newer version stored', () => {
  const run = aRun();
  const item = { ...encode(EXECUTION, run), fromTomorrow: { S: 'x' } };

  it('is read, without what is not known', () => {
    expect(decode(EXECUTION, item)).toEqual(run);
  });

  it('keeps what is not known when it is changed: only the named fields are written', () => {
    const update = changeToUpdate(EXECUTION, run, { set: { progress: '{}' }, guard: {} });
    expect(update.UpdateExpression).toMatch(/^SET #\w+ = :\w+$/);
    expect(Object.values(update.ExpressionAttributeNames ?? {})).toContain('progress');
  });

  it('is an error that names it where a known field has another type', () => {
    expect(() => decode(EXECUTION, { ...item, att: { S: 'many' } })).toThrow(
      /damaged execution T#root#nightly X#\d+: att/,
    );
  });
});
