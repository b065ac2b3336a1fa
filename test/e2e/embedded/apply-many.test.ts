import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openCli } from '../../support/spawn-cli.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

const MANY = 1_000;
const CHANGED = 10;
const ORPHANED = 5;

const Plan = z.object({
  applied: z.boolean(),
  steps: z.array(
    z.object({
      id: z.string(),
      action: z.string(),
      done: z.boolean(),
      firings: z.object({ before: z.array(z.string()), after: z.array(z.string()) }),
    }),
  ),
});

describe('a file of a thousand tasks', () => {
  const cli = openCli();
  let engine: OwnEngine;
  beforeAll(async () => {
    engine = await startOwnEngine();
    await cli.feed(engine.process.token, 'login', engine.process.url, '--token-file', '-');
  });
  afterAll(async () => {
    cli.dispose();
    await engine?.dispose();
  });

  it('is planned, applied, changed and pruned', { timeout: 600_000 }, async () => {
    const name = 'many';
    const path = join(cli.directory, 'tasks.json');
    const taskOf = (at: number, hour: number) => ({
      name: `One of many ${at}`,
      handler: 'demo.echo',
      schedule: { kind: 'cron', expressions: [`${at % 60} ${hour} 1 1 *`], timezone: 'Europe/Paris' },
    });
    const file = (count: number, changed: number) =>
      writeFileSync(
        path,
        JSON.stringify({
          name,
          tasks: Object.fromEntries(
            Array.from({ length: count }, (_, at) => [`many-${at}`, taskOf(at, at < changed ? 4 : 3)]),
          ),
        }),
      );
    const apply = async (...options: string[]) => {
      const { code, out, err } = await cli.run('apply', '-f', path, ...options, '--json');
      expect([code, err]).toEqual([0, '']);
      const { steps } = Plan.parse(JSON.parse(out));
      const ids = (action: string) => steps.filter((step) => step.action === action);
      return {
        steps,
        added: ids('added'),
        changed: ids('changed'),
        unchanged: ids('unchanged'),
        orphaned: ids('orphaned'),
      };
    };

    file(MANY, 0);
    const planned = await apply('--dry-run');
    expect(planned.added).toHaveLength(MANY);
    expect(planned.steps.every(({ done, firings }) => !done && firings.after.length === 3)).toBe(true);
    const applied = await apply();
    expect(applied.added.filter(({ done }) => done)).toHaveLength(MANY);
    expect((await apply('--dry-run')).unchanged).toHaveLength(MANY);

    file(MANY - ORPHANED, CHANGED);
    const next = await apply('--dry-run');
    expect([next.changed.length, next.orphaned.length]).toEqual([CHANGED, ORPHANED]);
    expect(next.unchanged).toHaveLength(MANY - CHANGED - ORPHANED);
    for (const { firings } of next.changed) {
      expect(firings.before[0]).toMatch(/-01-01T02:/);
      expect(firings.after[0]).toMatch(/-01-01T03:/);
    }
    for (const { firings } of next.orphaned) expect([firings.before.length, firings.after]).toEqual([3, []]);
    const pruned = await apply('--prune');
    expect([...pruned.changed, ...pruned.orphaned].filter(({ done }) => done)).toHaveLength(
      CHANGED + ORPHANED,
    );

    writeFileSync(path, JSON.stringify({ name, tasks: {} }));
    expect(await cli.run('apply', '-f', path, '--prune')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--allow-empty'),
    });
  });
});
