import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openApi } from '../../support/api-client.ts';
import { type ApiWorld, openWorld } from '../../support/api-world.ts';
import { type RunningEngine, startEngine } from '../../support/start-engine.ts';

const APP = fileURLToPath(new URL('../../fixtures/declaring-app', import.meta.url));

const greet = {
  construct: 'Greet',
  id: 'greet',
  task: { name: 'Greet', handler: 'demo.echo', payload: { hello: 'world' }, schedule: { kind: 'now' } },
};
const yearly = { kind: 'cron', expressions: ['0 0 1 1 *'] };
const nightly = {
  construct: 'Nightly',
  id: 'nightly',
  task: { name: 'Nightly', handler: 'demo.echo', payload: { n: 1 }, schedule: yearly },
};

const changed = { ...nightly, task: { ...nightly.task, name: 'Changed' } };
const Audit = z.object({ items: z.array(z.looseObject({})) });

describe('tasks that stand in a CDK app', () => {
  const home = mkdtempSync(join(tmpdir(), 'escapement-e2e-declared-'));
  const file = join(home, 'tasks.json');
  const declare = (...tasks: object[]) => writeFileSync(file, JSON.stringify(tasks));
  let engine: RunningEngine;
  let world: ApiWorld;
  beforeAll(async () => {
    declare(greet, nightly);
    engine = await startEngine({
      program: { directory: APP },
      dataDir: join(home, 'data'),
      env: { DECLARED_TASKS: file },
    });
    world = openWorld(openApi(engine));
  });
  afterAll(async () => {
    await engine?.dispose();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  const audited = async (id: string) =>
    Audit.parse(await world.must(200, 'GET', `/v1/audit?resource=tasks/${id}`)).items;
  const BY = expect.stringMatching(/^cdk:Declaring\/Nightly[0-9A-F]{8}$/);

  it('are there when the stack is, and run', async () => {
    expect(await world.ended('greet')).toMatchObject([{ status: 'success', result: { hello: 'world' } }]);
    expect(await world.read('nightly')).toMatchObject({ name: 'Nightly', createdBy: BY });
    expect(await audited('nightly')).toMatchObject([{ actor: BY, action: 'task.put', outcome: 'done' }]);
  });

  it('do with the permissions that the template gives', () => {
    expect(engine.output()).not.toMatch(/is not authorized|not allowed/i);
  });

  it('change with the app, and go with it', async () => {
    declare(changed);
    await engine.restart();
    expect(await world.read('nightly')).toMatchObject({ name: 'Changed', createdBy: BY, version: 2 });
    await world.must(404, 'GET', '/v1/tasks/greet');
    expect(engine.output()).toContain('tasks of the app: 1 declared, 1 withdrawn');
  });

  it('that the scheduler refuses end the start, with the reason', async () => {
    declare({ ...nightly, task: { ...nightly.task, handler: 'nobody' } });
    await expect(engine.restart()).rejects.toThrow(
      /Escapement cannot start: Nightly\w+: The task is not valid: handler: no handler "nobody" is registered/,
    );
  });
});
