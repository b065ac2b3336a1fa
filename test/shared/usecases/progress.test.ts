import { expect, it } from 'vitest';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);

it('progress shows its first report at once, then the newest every two seconds', async () => {
  const w = makeSchedulerWorld();
  await w.addTask();
  let writes = 0;
  w.hooks.after = (operation) => {
    if (operation === 'executions.update') writes += 1;
  };
  const shown: unknown[] = [];
  w.handle(async ({ onProgress }) => {
    for (let percent = 1; percent <= 50; percent++) {
      onProgress?.({ percent });
      await w.clock.sleep(100);
      if (percent % 10 === 0) shown.push(w.history()[0]?.progress);
    }
    return ok();
  });
  const hinted = w.hint(first);
  await w.advance(5_000);
  await hinted;
  expect(shown).toEqual([
    '{"percent":1}',
    '{"percent":20}',
    '{"percent":20}',
    '{"percent":40}',
    '{"percent":40}',
  ]);
  expect(w.history()[0]).toMatchObject({ status: 'success', progress: '{"percent":50}' });
  expect(writes).toBe(4);
});

it.each([
  ['success', () => ok()],
  ['dead', () => boom({ nonRetryable: true })],
])('the last report is stored with the end of its run (%s)', async (status, ends) => {
  const w = makeSchedulerWorld();
  await w.addTask();
  w.handle(({ onProgress }) => {
    onProgress?.({ percent: 1 });
    onProgress?.({ percent: 99, message: 'nearly' });
    return ends();
  });
  await w.hint(first);
  expect(w.history()[0]).toMatchObject({ status, progress: '{"percent":99,"message":"nearly"}' });
});
