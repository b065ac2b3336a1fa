import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { target as first } from '../../e2e/target.ts';
import { openApi } from '../../support/api-client.ts';
import { type ApiWorld, openWorld } from '../../support/api-world.ts';
import { openCdk } from '../cdk.ts';
import { beside, DECLARED } from '../changes.ts';
import { targetOf } from '../deployed-target.ts';
import { tablesOf } from '../kept-tables.ts';

const { name, home } = inject('deployment');
const cdk = openCdk(home);
const dynamo = new DynamoDBClient({});
const settings = beside(name);
const SAME_ID = 'side-by-side';

describe('two deployments in one account and region', () => {
  let here: ApiWorld;
  let there: ApiWorld;
  let tokenOfThere: string;
  beforeAll(async () => {
    const second = await targetOf(await cdk.deploy(settings, DECLARED.first));
    tokenOfThere = second.token;
    here = openWorld(openApi(first));
    there = openWorld(openApi(second));
  });
  afterAll(async () => {
    await here.must(204, 'DELETE', `/v1/tasks/${SAME_ID}`);
    dynamo.destroy();
  });

  it('know only their own administrator', async () => {
    expect(tokenOfThere).not.toBe(first.token);
    const reply = await openApi({ url: first.url, token: tokenOfThere }).call('GET', '/v1/tasks');
    expect(reply.status).toBe(401);
  });

  it('run a task of the same id each by itself, and neither sees the runs of the other', async () => {
    const task = { name: 'Side by side', handler: 'demo.echo', schedule: { kind: 'now' } };
    await here.must(201, 'PUT', `/v1/tasks/${SAME_ID}`, { json: { ...task, payload: 'here' } });
    await there.must(201, 'PUT', `/v1/tasks/${SAME_ID}`, { json: { ...task, payload: 'there' } });
    for (const [world, result] of [
      [here, 'here'],
      [there, 'there'],
    ] as const) {
      const runs = await world.ended(SAME_ID, 1, 60_000);
      expect(runs).toMatchObject([{ status: 'success', attempt: 1, result }]);
    }
  });

  it('have the tasks that stand in the app of each: they run, change and go with it', {
    timeout: 900_000,
  }, async () => {
    const byItsApp = { createdBy: expect.stringMatching(new RegExp(`^cdk:${settings.name}/nightly`)) };
    expect(await there.ended('greet', 1, 60_000)).toMatchObject([
      { status: 'success', result: { hello: 'world' } },
    ]);
    expect(await there.read('nightly')).toMatchObject({ name: 'Nightly', version: 1, ...byItsApp });
    await here.must(404, 'GET', '/v1/tasks/nightly');

    await expect(cdk.deploy(settings, DECLARED.refused)).rejects.toThrow(
      /The task is not valid: handler: no handler "nobody" is registered/,
    );
    expect(await there.read('nightly')).toMatchObject({ name: 'Nightly', version: 1, ...byItsApp });
    await there.read('greet');

    await cdk.deploy(settings, DECLARED.changed);
    expect(await there.read('nightly')).toMatchObject({ name: 'Changed', version: 2, ...byItsApp });
    await there.must(404, 'GET', '/v1/tasks/greet');
  });

  it('go their own ways: one is destroyed with its table, as configured, and the other works on', {
    timeout: 900_000,
  }, async () => {
    expect(await tablesOf(settings.name, dynamo)).toHaveLength(1);
    await cdk.destroy(settings);
    expect(await tablesOf(settings.name, dynamo)).toEqual([]);
    await here.must(202, 'POST', `/v1/tasks/${SAME_ID}/trigger`);
    const runs = await here.ended(SAME_ID, 2, 60_000);
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
  });
});
