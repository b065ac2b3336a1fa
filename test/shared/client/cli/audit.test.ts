import { expect, it } from 'vitest';
import { makeCli, NOW } from './fake-io.ts';

const entry = {
  id: 'e1',
  at: NOW,
  actor: 'token:ci',
  action: 'task.patch',
  resource: 'tasks/report',
  outcome: 'done',
  code: null,
  before: { id: 'report', name: 'Report', version: 1, payload: { masked: 'a', bytes: 2 } },
  after: { id: 'report', name: 'Renamed', version: 2, payload: { masked: 'b', bytes: 2 } },
  requestId: 'r-1',
};
const refused = { ...entry, id: 'e2', outcome: 'refused', code: 'version-mismatch', after: null };
const page = { items: [entry, refused], nextCursor: null };

it('audit tells who changed what, and which fields', async () => {
  const cli = makeCli(() => page);
  const { code, out } = await cli.run(
    'audit',
    '--resource',
    'tasks/report',
    '--since',
    '1h',
    '--actor',
    'token',
  );
  expect(code).toBe(0);
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['AT', 'ACTOR', 'ACTION', 'RESOURCE', 'OUTCOME', 'CHANGED'],
    [
      expect.stringContaining('2026-11-21 09:00:00Z'),
      'token:ci',
      'task.patch',
      'tasks/report',
      'done',
      'name payload',
    ],
    [expect.any(String), 'token:ci', 'task.patch', 'tasks/report', 'refused: version-mismatch'],
  ]);
  const { searchParams, pathname } = new URL(cli.asked.at(-1)?.path ?? '', 'https://jobs.example');
  expect([pathname, Object.fromEntries(searchParams)]).toEqual([
    '/v1/audit',
    { resource: 'tasks/report', actor: 'token', from: '2026-11-21T08:00:00.000Z' },
  ]);
});

it('audit prints the entries themselves for scripts', async () => {
  const { out } = await makeCli(() => page).run('audit', '--json');
  expect(JSON.parse(out)).toEqual([entry, refused]);
});
