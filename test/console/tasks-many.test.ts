import { describe, expect, it } from 'vitest';
import { createClient } from '../../shared/client/client.ts';
import { eventually } from '../support/eventually.ts';
import { consoleUnderTest, openConsole } from './support/browser.ts';

const clientOf = () => {
  const { url, tokens } = consoleUnderTest();
  return createClient({ url, token: tokens.admin });
};
const DAILY = { kind: 'cron' as const, expressions: ['0 3 * * *'], timezone: 'Asia/Tokyo' };
const EARLY = { kind: 'once' as const, at: '2099-01-01T00:00:00.000Z' };

async function harbourTasks() {
  const client = clientOf();
  for (const number of [1, 2, 3])
    await client.tasks.put(`harbour-${number}`, {
      name: `Harbour ${number}`,
      handler: 'health.probe',
      tags: ['harbour'],
      queue: number === 3 ? 'low' : 'default',
      schedule: number === 2 ? EARLY : DAILY,
    });
  for (const number of [1, 2, 3]) await client.tasks.resume(`harbour-${number}`);
  return client;
}

describe('a task among many', () => {
  it('is found by search and facets, each of which the address holds', async () => {
    await harbourTasks();
    const page = await openConsole({ role: 'viewer', path: '/tasks' });
    const table = page.getByRole('table', { name: 'Tasks' });
    await page.getByLabel('Search tasks').fill('harbour');
    await table.getByText('Harbour 1').waitFor();
    await page.getByRole('combobox', { name: 'Queue', exact: true }).click();
    await page.getByRole('option', { name: 'default' }).click();
    await table.getByText('Harbour 3').waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Kind of schedule' }).click();
    await page.getByRole('option', { name: 'once' }).click();
    await table.getByText('Harbour 1').waitFor({ state: 'detached' });
    await page.waitForURL(/search=harbour.*queue=default.*kind=once/);
    await page.reload();
    await table.getByText('Harbour 2').waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
    await table.getByText('Harbour 2').click();
    await page.getByRole('heading', { name: 'Harbour 2' }).waitFor();
    await page.waitForURL(/\/tasks\/harbour-2/);
  });

  it('shows its last outcomes as a picture that can also be read', async () => {
    const client = await harbourTasks();
    const { id } = await client.tasks.trigger('harbour-1');
    await eventually(async () => expect((await client.executions.get(id)).status).toBe('success'));
    const page = await openConsole({ role: 'viewer', path: '/tasks?search=harbour-1' });
    await page.getByRole('img', { name: /Last \d+ runs?: \d+ success.*The newest: success/ }).waitFor();
  });

  it('is run, paused and resumed from its row, and what can be is taken back', async () => {
    const client = await harbourTasks();
    const page = await openConsole({ role: 'operator', path: '/tasks?search=harbour-1' });
    const menu = page.getByRole('button', { name: 'Actions on Harbour 1' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByText('Harbour 1 is paused').waitFor();
    expect((await client.tasks.get('harbour-1')).status).toBe('paused');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').waitFor();
    expect((await client.tasks.get('harbour-1')).status).toBe('active');
    await menu.click();
    await page.getByRole('menuitem', { name: 'Run now' }).click();
    await page.getByText('Harbour 1 runs now').waitFor();
  });

  it('may not be changed by a viewer, who is not offered to', async () => {
    await harbourTasks();
    const page = await openConsole({ role: 'viewer', path: '/tasks?search=harbour' });
    await page.getByText('Harbour 1').waitFor();
    expect(await page.getByRole('button', { name: 'All that match…' }).count()).toBe(0);
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.getByRole('button', { name: 'Actions on Harbour 1' }).click();
    await page.getByRole('menuitem', { name: 'Open' }).waitFor();
    expect(await page.getByRole('menuitem').count()).toBe(1);
  });
});

describe('one action on many tasks', () => {
  it('pauses all that match, after it has said how many', async () => {
    const client = await harbourTasks();
    await client.tasks.pause('harbour-3');
    const page = await openConsole({ role: 'operator', path: '/tasks?tag=harbour' });
    await page.getByText('Harbour 1').waitFor();
    await page.getByRole('button', { name: 'All that match…' }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Pause 2 of 3 tasks that match?').waitFor();
    await dialog.getByText('1 would stay as they are.').waitFor();
    expect((await client.tasks.get('harbour-1')).status).toBe('active');
    await dialog.getByRole('button', { name: 'Pause 2' }).click();
    await dialog.getByText('2 done, 1 unchanged, 0 failed.').waitFor();
    for (const number of [1, 2, 3])
      expect((await client.tasks.get(`harbour-${number}`)).status).toBe('paused');
  });

  it('takes those that are selected', async () => {
    const client = await harbourTasks();
    const page = await openConsole({ role: 'operator', path: '/tasks?tag=harbour' });
    await page.getByLabel('Select harbour-1').check();
    await page.getByLabel('Select harbour-2').check();
    const bar = page.getByRole('group', { name: 'Selected tasks' });
    await bar.getByText('2 selected').waitFor();
    await bar.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause 2' }).click();
    await page.getByText('2 done, 0 unchanged, 0 failed.').waitFor();
    expect((await client.tasks.get('harbour-3')).status).toBe('active');
  });
});
