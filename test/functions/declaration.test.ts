import { describe, expect, it } from 'vitest';
import handlers from '#handlers';
import { makeDeclareHandler } from '../../functions/declaration.ts';
import { makeRegistry } from '../../shared/contract/handler.ts';
import { replaceTask } from '../../shared/usecases/manage-tasks/edit-task.ts';
import { makeMemoryWorld } from '../support/memory-world.ts';

const SECRET = 'sk-live-4711';
const URL = 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x?Signature=7f3c';
const retry = { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;
const NIGHTLY = {
  name: 'Nightly',
  handler: 'demo.echo',
  payload: { key: SECRET },
  schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
};
const somebody = { tenant: 'root', role: 'admin', actor: 'token:somebody' } as const;

interface Asked {
  type: 'Create' | 'Update' | 'Delete';
  id?: string;
  task?: object;
  /** The id that CloudFormation has been given for it. */
  held?: string;
  resource?: string;
}

function makeWorld() {
  const world = makeMemoryWorld();
  const answers: { url: string; answer: object }[] = [];
  const deps = {
    ...world,
    handlers: makeRegistry(handlers),
    queueDefaults: { default: { priority: 5, workers: 20, timeoutSeconds: 60, retry } },
    shards: 4,
    retentionMs: 86_400_000,
    answer: async (url: string, answer: object) => void answers.push({ url, answer }),
  };
  let requests = 0;
  /** As CloudFormation asks, and what it is answered. */
  async function ask({ type, id = 'nightly', task = NIGHTLY, held, resource = 'Nightly3F2A' }: Asked) {
    const before = answers.length;
    await makeDeclareHandler(deps)({
      RequestType: type,
      RequestId: `request-${++requests}`,
      ResponseURL: URL,
      ResourceType: 'Custom::EscapementTask',
      StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/5a1b',
      LogicalResourceId: resource,
      ...(held !== undefined && { PhysicalResourceId: held }),
      ResourceProperties: { ServiceToken: 'arn', ServiceTimeout: '600', Id: id, Task: JSON.stringify(task) },
    });
    expect(answers).toHaveLength(before + 1);
    return answers.at(-1)?.answer;
  }
  const task = async (id = 'nightly') => {
    const found = await world.tasks.read({ tenant: 'root', taskId: id });
    return found && found.state.status !== 'deleted' ? found : undefined;
  };
  const trail = () =>
    [...world.tables.audit.values()].map(({ actor, action, outcome }) => [actor, action, outcome]);
  return { ...world, deps, ask, task, trail, answers };
}

const BY = 'cdk:Shop/Nightly3F2A';
const success = (PhysicalResourceId = 'nightly') =>
  expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId });

describe('a declared task', () => {
  it('comes, changes and goes, and the audit trail says by which declaration', async () => {
    const { ask, task, trail, answers } = makeWorld();
    expect(await ask({ type: 'Create' })).toEqual({
      Status: 'SUCCESS',
      PhysicalResourceId: 'nightly',
      StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Shop/5a1b',
      RequestId: 'request-1',
      LogicalResourceId: 'Nightly3F2A',
    });
    expect(answers[0]?.url).toBe(URL);
    expect((await task())?.state.createdBy).toBe(BY);
    expect(await ask({ type: 'Update', held: 'nightly', task: { ...NIGHTLY, name: 'Later' } })).toEqual(
      success(),
    );
    expect((await task())?.definition).toMatchObject({ name: 'Later', written: { by: BY } });
    expect(await ask({ type: 'Delete', held: 'nightly' })).toEqual(success());
    expect(await task()).toBeUndefined();
    expect(trail()).toEqual([
      [BY, 'task.put', 'done'],
      [BY, 'task.put', 'done'],
      [BY, 'task.delete', 'done'],
    ]);
  });

  it.each(['Create', 'Update'] as const)('is the same when %s comes again', async (type) => {
    const { ask, task, trail } = makeWorld();
    await ask({ type: 'Create' });
    const before = await task();
    expect(await ask({ type, ...(type === 'Update' && { held: 'nightly' }) })).toEqual(success());
    expect(await task()).toEqual(before);
    expect(trail().at(-1)).toEqual([BY, 'task.put', 'unchanged']);
  });

  it('is there again when somebody has deleted it in between, and is a change like any other', async () => {
    const { ask, task } = makeWorld();
    await ask({ type: 'Create' });
    await ask({ type: 'Delete', held: 'nightly' });
    expect(await ask({ type: 'Update', held: 'nightly' })).toEqual(success());
    expect(await task()).toBeDefined();
  });

  it('moves to another id: the new one first, then CloudFormation has the old one deleted', async () => {
    const { ask, task } = makeWorld();
    await ask({ type: 'Create' });
    expect(await ask({ type: 'Update', held: 'nightly', id: 'nocturnal' })).toEqual(success('nocturnal'));
    expect(await task('nightly')).toBeDefined();
    expect(await ask({ type: 'Delete', held: 'nightly' })).toEqual(success());
    expect([await task('nightly'), (await task('nocturnal'))?.state.taskId]).toEqual([
      undefined,
      'nocturnal',
    ]);
  });

  it('moves back when the deployment is rolled back', async () => {
    const { ask, task } = makeWorld();
    await ask({ type: 'Create' });
    await ask({ type: 'Update', held: 'nightly', id: 'nocturnal' });
    expect(await ask({ type: 'Update', held: 'nocturnal' })).toEqual(success());
    expect(await ask({ type: 'Delete', held: 'nocturnal', id: 'nocturnal' })).toEqual(success('nocturnal'));
    expect([(await task())?.state.taskId, await task('nocturnal')]).toEqual(['nightly', undefined]);
  });

  it('may be gone already when it is to be deleted', async () => {
    const { ask, trail } = makeWorld();
    expect(await ask({ type: 'Delete', held: 'nightly' })).toEqual(success());
    expect(trail()).toEqual([]);
  });

  it('may be a system task, for whoever deploys is an admin', async () => {
    const { ask, task } = makeWorld();
    expect(await ask({ type: 'Create', task: { ...NIGHTLY, system: true } })).toEqual(success());
    expect(await ask({ type: 'Delete', held: 'nightly' })).toEqual(success());
    expect(await task()).toBeUndefined();
  });
});

describe('a declaration that is refused', () => {
  it('fails with all problems in words, and its rollback deletes nothing', async () => {
    const { ask, trail } = makeWorld();
    const bad = {
      ...NIGHTLY,
      handler: 'nobody',
      schedule: { kind: 'cron', expressions: ['0 2 * * *'], calendars: [{ id: 'bank' }] },
    };
    const answer = await ask({ type: 'Create', task: bad });
    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'not-made:request-1',
      Reason: expect.stringMatching(
        /^The task is not valid: handler: no handler "nobody" is registered.*; schedule\.calendars\[0\]\.id: there is no calendar "bank"/,
      ),
    });
    expect(trail()).toEqual([[BY, 'task.put', 'refused']]);
    expect(await ask({ type: 'Delete', held: 'not-made:request-1', task: bad })).toEqual(
      success('not-made:request-1'),
    );
  });

  it('leaves the task as it was, for CloudFormation to go back to', async () => {
    const { ask, task } = makeWorld();
    await ask({ type: 'Create' });
    const before = await task();
    const answer = await ask({ type: 'Update', held: 'nightly', task: { ...NIGHTLY, handler: 'nobody' } });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'nightly' });
    expect(await task()).toEqual(before);
    expect(await ask({ type: 'Update', held: 'nightly' })).toEqual(success());
  });

  it.each([
    ['somebody', 'token:somebody', {}],
    ['another declaration', 'cdk:Shop/Other', { resource: 'Other' }],
  ])(
    'takes no task that %s has made, and its rollback does not delete it',
    async (_, by, { resource }: { resource?: string }) => {
      const { ask, task, deps } = makeWorld();
      if (resource) await ask({ type: 'Create', resource });
      else await replaceTask(deps, somebody, 'nightly', NIGHTLY, {});
      const answer = await ask({ type: 'Create', task: { ...NIGHTLY, name: 'Mine' } });
      expect(answer).toMatchObject({
        Status: 'FAILED',
        Reason: expect.stringContaining(`There is a task nightly already, made by ${by}: delete it first`),
      });
      // Nobody was told an id: CloudFormation makes one up.
      for (const held of ['not-made:request-1', 'Shop-Nightly-1F0X'])
        expect(await ask({ type: 'Delete', held })).toEqual(success(held));
      expect((await task())?.definition.name).toBe('Nightly');
    },
  );

  it('moves to no id that is taken', async () => {
    const { ask, task, deps } = makeWorld();
    await ask({ type: 'Create' });
    await replaceTask(deps, somebody, 'nocturnal', NIGHTLY, {});
    const answer = await ask({ type: 'Update', held: 'nightly', id: 'nocturnal' });
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'nightly' });
    expect((await task('nocturnal'))?.state.createdBy).toBe('token:somebody');
  });

  it('is told in as many words as fit into the answer', async () => {
    const { ask } = makeWorld();
    const tags = Array.from({ length: 1_000 }, () => 'Ä');
    const answer = await ask({ type: 'Create', task: { ...NIGHTLY, tags } });
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(4_096);
  });
});

describe('a declaration whose function fails', () => {
  it('is answered with where to look, and nothing of the task is logged', async () => {
    const { ask, hooks, lines } = makeWorld();
    hooks.before = (operation) => {
      if (operation === 'tasks.create') throw new Error('the table is away');
    };
    expect(await ask({ type: 'Create' })).toMatchObject({
      Status: 'FAILED',
      Reason: 'Something went wrong: the log of the function has it under request-1',
    });
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'declaration failed' }));
    expect(JSON.stringify(lines)).not.toContain(SECRET);
    expect(JSON.stringify(lines)).not.toContain('Signature');
  });

  it('is repeated by Lambda when the answer is lost, and makes the task once', async () => {
    const { ask, deps, task } = makeWorld();
    const { answer } = deps;
    deps.answer = () => Promise.reject(new Error('S3 is away'));
    await expect(ask({ type: 'Create' })).rejects.toThrow('S3 is away');
    const before = await task();
    deps.answer = answer;
    expect(await ask({ type: 'Create' })).toEqual(success());
    expect(await task()).toEqual(before);
  });

  it('leaves no task behind that it made before CloudFormation gave up', async () => {
    const { ask, deps, task } = makeWorld();
    const { answer } = deps;
    deps.answer = () => Promise.reject(new Error('S3 is away'));
    await expect(ask({ type: 'Create' })).rejects.toThrow();
    deps.answer = answer;
    const held = 'Shop-Nightly-1F0X';
    expect(await ask({ type: 'Delete', held })).toEqual(success(held));
    expect(await task()).toBeUndefined();
  });

  it('answers nobody who is not CloudFormation', async () => {
    const { deps, answers } = makeWorld();
    await expect(makeDeclareHandler(deps)({ RequestType: 'Create' })).rejects.toThrow('ResponseURL');
    expect(answers).toEqual([]);
  });
});
