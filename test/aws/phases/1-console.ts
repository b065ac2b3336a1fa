import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { consoleUnderTest, openConsole } from '../../console/support/browser.ts';
import { openOwnTenant } from '../../console/support/own-tenant.ts';
import { eventually } from '../../support/eventually.ts';

const DEAD = 3;
const NEVER = { kind: 'cron' as const, expressions: ['0 0 29 2 *'] };
/** The emulator starts a process for each function that is asked. */
const PATIENCE = { timeoutMs: 60_000 };

const PLACES = [
  ['', 'Pulse'],
  ['/tasks', 'Tasks'],
  ['/tasks/new', /task/i],
  ['/runs', 'Runs'],
  ['/dead-letters', 'Dead letters'],
  ['/queues', /Queues/],
  ['/timeline', 'Timeline'],
  ['/audit', 'Audit'],
  ['/settings', 'Settings'],
] as const;

async function settled(page: Page, title: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.locator('.mantine-Loader-root, .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
}

const goTo = (page: Page, place: RegExp) =>
  page.getByRole('navigation').getByRole('link', { name: place }).click();

describe('the console of the deployment, at its own address', () => {
  it('lets in whoever has a token, and loads every page without a request that fails', async () => {
    const page = await openConsole({ role: 'nobody' });
    const failed: string[] = [];
    page.on('response', (reply) => {
      // Runs outlive their tasks, which other tests have deleted by now; a list of runs asks for each task's name.
      const isGone = reply.status() === 404 && /\/v1\/tasks\/[^/?]+$/.test(reply.url());
      if (reply.status() >= 400 && !isGone) failed.push(`${reply.url()} answered ${reply.status()}`);
    });
    await page.getByLabel('API token').fill(consoleUnderTest().tokens.admin);
    await page.getByRole('button', { name: 'Log in' }).click();
    await settled(page, 'Pulse');
    for (const [path, title] of PLACES) {
      await page.goto(`/console${path}`);
      await settled(page, title);
    }
    expect(failed).toEqual([]);
  });

  it('leads from what died to its cause, and lets it run again once that is put right', async () => {
    const { client, open } = await openOwnTenant('/');
    const name = 'Reports';
    const message = 'The bucket "reports-prd" does not exist';
    await client.tasks.put('reports', {
      name,
      handler: 'demo.fail',
      payload: { message },
      schedule: NEVER,
      retry: { limit: 0 },
    });
    for (let n = 0; n < DEAD; n++) await client.tasks.trigger('reports');
    await eventually(async () => {
      expect(await client.queues.deadLetters('default').toArray()).toHaveLength(DEAD);
    }, PATIENCE);

    const page = await open();
    const needs = page.getByRole('region', { name: 'What needs a person' });
    await needs.getByText(`${DEAD} dead letters of ${name} in default`).waitFor();
    await needs.getByRole('link', { name, exact: true }).click();
    const lastRuns = page.getByRole('table', { name: 'Last runs' });
    await lastRuns.getByText(message).first().click();
    await page.getByRole('link', { name: 'Edit the task' }).click();
    await page.getByRole('tab', { name: 'What runs' }).click();
    await page.getByRole('textbox', { name: 'Payload' }).fill('{ "times": 0 }');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/tasks\/reports$/);

    await goTo(page, /^Dead letters/);
    const groups = page.getByRole('table', { name: 'Groups of dead letters' });
    await groups.getByRole('link').first().click();
    await page.getByRole('button', { name: 'Redrive with a canary' }).click();
    await page.getByText('The canary succeeded, and the others were let go').waitFor();
    await eventually(async () => {
      const runs = await client.executions.list({ taskId: 'reports' }).toArray();
      expect(runs.map(({ status }) => status)).toEqual(Array(DEAD).fill('success'));
    }, PATIENCE);
    await goTo(page, /^Pulse/);
    await page.getByRole('status').getByText('Nothing needs a person').waitFor();
  });

  it('throttles a queue where its workers are read, pauses it, and takes both back', async () => {
    const page = await openConsole({ path: '/queues' });
    const low = page.getByRole('table', { name: 'Queues' }).getByRole('row').filter({ hasText: 'low' });
    const workers = low.getByRole('button', { name: 'Change workers of low' });
    const deployed = (await workers.innerText()).trim();
    await workers.click();
    await page.getByRole('textbox', { name: 'Workers of low' }).fill('2');
    await page.getByRole('button', { name: 'Save' }).click();
    await low.getByText(`deployed: ${deployed}`).waitFor();
    await workers.click();
    await page.getByRole('button', { name: `Reset to ${deployed}` }).click();
    await low.getByText(`deployed: ${deployed}`).waitFor({ state: 'detached' });

    await low.getByRole('button', { name: 'Pause low' }).click();
    await low.getByText('paused').waitFor();
    await low.getByRole('button', { name: 'Resume low' }).click();
    await low.getByText('paused').waitFor({ state: 'detached' });
  });
});
