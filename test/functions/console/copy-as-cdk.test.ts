import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scheduledTask } from '../../../functions/console/page/src/pages/editor/typescript.ts';
import { declaredBy } from '../../support/cdk-snippet.ts';

const BIOME = fileURLToPath(new URL('../../../node_modules/.bin/biome', import.meta.url));
const TASK = {
  name: "Ann's nightly report",
  handler: 'demo.echo',
  payload: {
    'reply-to': ['ann@example.com', 'bo@example.com'],
    said: '"Yes", she said',
    both: `it's "so"\n`,
    empty: {},
    none: [],
    rows: [[1, 2], { deep: null }],
  },
  schedule: { kind: 'cron', expressions: ['0 2 * * *'], timezone: 'Europe/Paris' },
  retry: { limit: 3, jitter: 'full' },
  tags: ['team:reporting', 'daily', 'customers:all', 'severity:low', 'a-tag-that-needs-room'],
  onSuccess: [{ taskId: 'next', payload: { from: '{{ upstream.result }}' } }],
};

it('a task copied for the CDK declares just that task', () => {
  expect(declaredBy(scheduledTask('nightly-report.v2', TASK))).toEqual({
    construct: 'NightlyReportV2',
    id: 'nightly-report.v2',
    task: TASK,
  });
});

it('and so does any other, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.string(), (json, name) => {
      const task = { name, payload: JSON.parse(json) };
      expect(JSON.stringify(declaredBy(scheduledTask('any', task)).task)).toBe(JSON.stringify(task));
    }),
  );
  const hostile = JSON.parse('{"payload":{"__proto__":{"a":1},"constructor":2,"a-b":"`$x`"}}');
  expect(JSON.stringify(declaredBy(scheduledTask('any', hostile)).task)).toBe(JSON.stringify(hostile));
});

it('it comes as a formatter leaves it', () => {
  const snippet = scheduledTask('nightly-report', TASK);
  const args = ['format', '--stdin-file-path=snippet.ts', '--line-width=80', '--config-path=biome.json'];
  expect(execFileSync(BIOME, args, { input: snippet, encoding: 'utf8' })).toBe(snippet);
});
