import { describe, expect, it } from 'vitest';
import { mapBounded } from '../../shared/domain/map-bounded.ts';
import { branchTasks } from '../demo/company.ts';
import { eventually } from '../support/eventually.ts';
import { openConsole } from './support/browser.ts';
import { openOwnTenant } from './support/own-tenant.ts';

const MANY = 200;
const AT_ONCE = 8;
const DEAD = 4;
/** A busy machine takes its time. */
const PATIENCE = { timeoutMs: 60_000 };
/** It waits for runs behind whatever else the engine has to do. */
const LONG = { timeout: 240_000 };

describe('a new operator, without a word of documentation', () => {
  it(
    'finds the task that fails among many, sees why, puts its payload right and redrives what died',
    LONG,
    async () => {
      const { client, open } = await openOwnTenant('/');
      await mapBounded(branchTasks(MANY), AT_ONCE, ({ id, ...task }) => client.tasks.put(id, task));
      const name = 'Returns of all branches';
      await client.tasks.put('returns', {
        name,
        handler: 'reports.export',
        payload: { bucket: 'reports-prd' },
        schedule: { kind: 'cron', expressions: ['0 0 29 2 *'] },
        retry: { limit: 0 },
      });
      for (let n = 0; n < DEAD; n++) await client.tasks.trigger('returns');
      await eventually(async () => {
        expect(await client.queues.deadLetters('default').toArray()).toHaveLength(DEAD);
      }, PATIENCE);

      // What needs a person comes first, and leads to it.
      const page = await open();
      const needs = page.getByRole('region', { name: 'What needs a person' });
      await needs.getByText(`${DEAD} dead letters of ${name} in default`).waitFor();
      await needs.getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      const lastRuns = page.getByRole('table', { name: 'Last runs' });
      await lastRuns
        .getByText(/The bucket "reports-prd" does not exist/)
        .first()
        .click();
      await page.getByText('NoSuchBucketError').first().waitFor();

      await page.getByRole('link', { name: 'Edit the task' }).click();
      await page.getByRole('tab', { name: 'What runs' }).click();
      await page.getByRole('textbox', { name: 'Payload' }).fill('{ "bucket": "reports-prod" }');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.waitForURL(/\/tasks\/returns$/);

      await page
        .getByRole('navigation')
        .getByRole('link', { name: /^Dead letters/ })
        .click();
      await page.getByRole('link', { name: 'NoSuchBucketError' }).click();
      await page.getByRole('button', { name: 'Redrive with a canary' }).click();
      await page.getByText('The canary succeeded, and the others were let go').waitFor();
      await eventually(async () => {
        const runs = await client.executions.list({ taskId: 'returns' }).toArray();
        expect(runs.map(({ status }) => status)).toEqual(Array(DEAD).fill('success'));
      }, PATIENCE);

      await page
        .getByRole('navigation')
        .getByRole('link', { name: /^Pulse/ })
        .click();
      await page.getByRole('status').getByText('Nothing needs a person').waitFor();
    },
  );

  it('finds a task by a part of its name, page by page, and by the palette', async () => {
    const { client, open } = await openOwnTenant('/tasks');
    await mapBounded(branchTasks(MANY), AT_ONCE, ({ id, ...task }) => client.tasks.put(id, task));
    const page = await open();
    const rows = page.getByRole('table', { name: 'Tasks' }).locator('tbody').getByRole('row');
    await page.getByRole('link', { name: 'Branch 0001: cleanup' }).waitFor();
    const firstPage = await rows.count();
    await page.getByRole('button', { name: 'Load more' }).click();
    await eventually(async () => expect(await rows.count()).toBe(2 * firstPage));
    // A page of the API may hold nothing of what is looked for although more follows.
    await page.route(/\/v1\/tasks\?.*search=/, async (route) => {
      const url = new URL(route.request().url());
      if (!url.searchParams.has('cursor'))
        return route.fulfill({ json: { items: [], nextCursor: 'further' } });
      url.searchParams.delete('cursor');
      return route.continue({ url: url.href });
    });
    await page.getByLabel('Search tasks').fill('0042: rep');
    await page.getByRole('link', { name: 'Branch 0042: report' }).waitFor();
    await eventually(async () => expect(await rows.count()).toBe(1));

    await page.keyboard.press('Control+k');
    await page.getByLabel('Find', { exact: true }).fill('branch-0007-mail');
    await page.getByRole('dialog').getByText('Branch 0007: mail').click();
    await page.getByRole('heading', { level: 1, name: 'Branch 0007: mail' }).waitFor();
  });

  it('throttles a queue where its workers are read, and takes it back', async () => {
    const page = await openConsole();
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /^Queues/ })
      .click();
    const workers = page.getByRole('button', { name: 'Change workers of low' });
    const before = (await workers.innerText()).trim();
    await workers.click();
    await page.getByRole('textbox', { name: 'Workers of low' }).fill('2');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Workers of low: 2').waitFor();
    await eventually(async () => expect((await workers.innerText()).trim()).toBe('2'));
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(async () => expect((await workers.innerText()).trim()).toBe(before));
  });
});
