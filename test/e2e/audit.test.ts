import { describe, expect } from 'vitest';
import * as z from 'zod';
import { readAll } from '../support/api-world.ts';
import { api, it } from './target.ts';

const Entry = z.looseObject({
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  resource: z.string(),
  outcome: z.string(),
  code: z.string().nullable(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  requestId: z.string(),
});
const SECRET = 'sk-live-4711';

describe.concurrent('the audit trail', () => {
  it('tells the whole story of a task, newest first, and no secret of it', async ({ world }) => {
    const { id } = await world.task({
      name: 'Audited',
      payload: { key: SECRET },
      schedule: { kind: 'cron', expressions: ['0 2 1 1 *'] },
    });
    await world.must(200, 'POST', `/v1/tasks/${id}/pause`);
    await world.must(200, 'POST', `/v1/tasks/${id}/pause`);
    await world.must(200, 'PATCH', `/v1/tasks/${id}`, {
      json: { name: 'Renamed', payload: { key: 'other' } },
    });
    const run = await world.trigger(id, { payload: { key: SECRET } });
    const refused = await api.call('DELETE', `/v1/tasks/${id}`, { headers: { 'if-match': '"99"' } });
    await world.must(204, 'DELETE', `/v1/tasks/${id}`);

    const list = (query: string) => readAll(world, `/v1/audit?resource=tasks/${id}&${query}`, Entry);
    const trail = await list('limit=2');
    expect(trail.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'task.delete done',
      'task.delete refused',
      'task.trigger done',
      'task.patch done',
      'task.pause unchanged',
      'task.pause done',
      'task.put done',
    ]);
    const [deleted, refusal, triggered, patched] = trail;
    expect(deleted).toMatchObject({ before: { id, name: 'Renamed' }, after: null });
    expect(refusal).toMatchObject({
      code: 'version-mismatch',
      requestId: refused.headers.get('x-request-id'),
    });
    expect(triggered?.after).toMatchObject({ id: run.id });
    expect(patched).toMatchObject({ before: { name: 'Audited' }, after: { name: 'Renamed' } });
    expect(patched?.before?.payload).not.toEqual(patched?.after?.payload);
    expect(new Set(trail.map(({ actor }) => actor)).size).toBe(1);
    expect(trail.map(({ at }) => at)).toEqual(
      trail
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(JSON.stringify(trail)).not.toContain(SECRET);

    expect((await list('action=task.pause&limit=1')).map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'done',
    ]);
    expect(await list(`limit=5&to=${trail.at(-1)?.at}`)).toEqual([]);
    expect(await list(`actor=${encodeURIComponent(trail[0]?.actor ?? '')}&limit=200`)).toHaveLength(7);
  });
});
