import { describe, expect, it } from 'vitest';
import { createClient } from '../../shared/client/client.ts';
import { eventually } from '../support/eventually.ts';
import { consoleUnderTest, expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';

const HOUR_MS = 3_600_000;

/** A task of the test's own, so that no other changes it meanwhile. */
async function lighthouse(id: string) {
  const { url, tokens } = consoleUnderTest();
  const client = createClient({ url, token: tokens.admin });
  await client.tasks.put(id, {
    name: `Lighthouse ${id}`,
    description: 'Turns the light',
    handler: 'health.probe',
    payload: { lamp: 1 },
    schedule: { kind: 'cron', expressions: ['0 * * * *'], timezone: 'Europe/Berlin', jitterSeconds: 0 },
    concurrency: [{ key: 'lamps', limit: 2 }],
    onSuccess: [{ taskId: 'billing-dunning' }],
  });
  return client;
}

describe('the page of a task', () => {
  it('says what holds it, when it fires, by which rules, and leads to what it triggers', async () => {
    await lighthouse('light-1');
    const page = await openConsole({ role: 'viewer', path: '/tasks/light-1' });
    await page
      .getByRole('status', { name: 'Why it does not run right now' })
      .getByText('Not due yet')
      .waitFor();
    const firings = page.getByRole('region', { name: 'Next firings' });
    await firings.getByRole('listitem').nth(19).waitFor();
    expect(await firings.getByRole('listitem').count()).toBe(20);
    const rules = page.getByRole('region', { name: 'Rules' });
    await rules.getByText('2 runs of all that name it').waitFor();
    expect(await page.getByRole('button', { name: 'Run now' }).count()).toBe(0);
    await rules.getByRole('link', { name: 'billing-dunning' }).click();
    await page.waitForURL(/\/tasks\/billing-dunning/);
  });

  it('runs it with another payload, which must be JSON', async () => {
    const client = await lighthouse('light-2');
    const page = await openConsole({ role: 'operator', path: '/tasks/light-2' });
    await page.getByRole('button', { name: 'Run now' }).click();
    const dialog = page.getByRole('dialog');
    const payload = dialog.getByLabel('Payload');
    expect(JSON.parse(await payload.inputValue())).toEqual({ lamp: 1 });
    await payload.fill('{ "lamp": ');
    expect(await dialog.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    await payload.fill('{ "lamp": 2 }');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await dialog.getByText('It is on its way.').waitFor();
    await dialog.getByRole('link', { name: 'Look at the run' }).click();
    await page.waitForURL(/\/runs\/light-2/);
    const [run] = (await client.tasks.executions('light-2').page()).items;
    expect(run?.trigger).toBe('manual');
  });

  it('is paused with a reason, which everybody sees, and goes on when that is taken back', async () => {
    const client = await lighthouse('light-3');
    const page = await openConsole({ role: 'operator', path: '/tasks/light-3' });
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByLabel('What for').fill('The keeper is ill');
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Lighthouse light-3 is paused').waitFor();
    await page.getByText(/The keeper is ill/).waitFor();
    expect((await client.tasks.get('light-3')).paused?.reason).toBe('The keeper is ill');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').waitFor();
    await eventually(async () => expect((await client.tasks.get('light-3')).status).toBe('active'));
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });

  it('backfills a past window after it has counted what is missing', async () => {
    const client = await lighthouse('light-4');
    const page = await openConsole({ role: 'operator', path: '/tasks/light-4' });
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Backfill a past window' }).click();
    const dialog = page.getByRole('dialog');
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    // As the clock on the wall in Berlin shows it, where the browser stands.
    const local = (ms: number) =>
      new Date(ms).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' }).replace(' ', 'T');
    await dialog.getByLabel('From').fill(local(hour - 3 * HOUR_MS));
    await dialog.getByLabel('To').fill(local(hour));
    await dialog.getByRole('button', { name: 'Count' }).click();
    await dialog.getByText('3 of 3 occurrences have no run').waitFor();
    expect((await client.tasks.executions('light-4').page()).items).toEqual([]);
    await dialog.getByRole('button', { name: 'Run the 3 missing' }).click();
    await dialog.getByText(/3 of 3 runs have ended/).waitFor({ timeout: 60_000 });
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page
      .getByRole('region', { name: 'Expected against actual' })
      .getByText(/^3 expected; 3 success/)
      .waitFor();
    await page.getByRole('tab', { name: 'Runs' }).click();
    const runs = page.getByRole('table', { name: 'Runs' });
    await runs.getByText('backfill').nth(2).waitFor();
    // As in every list: down to the first one, and in.
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/runs\/light-4/);
    // From any of its runs the backfill is found again.
    await page
      .getByRole('row', { name: /^Backfill/ })
      .getByRole('link')
      .click();
    await dialog.getByText(/3 of 3 runs have ended/).waitFor();
    expect(await dialog.getByRole('button', { name: 'Abort' }).count()).toBe(0);
  });

  it('opens its last runs by the keyboard alone', async () => {
    const client = await lighthouse('light-8');
    const { id } = await client.tasks.trigger('light-8');
    const page = await openConsole({ role: 'viewer', path: '/tasks/light-8' });
    await page.getByRole('table', { name: 'Last runs' }).getByRole('link').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(({ pathname }) => decodeURIComponent(pathname).endsWith(`/runs/${id}`));
  });

  it('shows what was changed, and puts an earlier version back in force', async () => {
    const client = await lighthouse('light-5');
    await client.tasks.patch('light-5', { payload: { lamp: 7 }, timeoutSeconds: 45 });
    const page = await openConsole({ role: 'operator', path: '/tasks/light-5?tab=versions' });
    const versions = page.getByRole('navigation', { name: 'Versions' });
    await versions.getByText('payload.lamp, timeoutSeconds').waitFor();
    await page.getByRole('deletion').getByText('"lamp": 1').waitFor();
    await page.getByRole('insertion').getByText('"lamp": 7').waitFor();
    await versions.getByRole('link', { name: /^Version 1/ }).click();
    await page.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByText('says again what version 1 said').waitFor();
    expect((await client.tasks.get('light-5')).payload).toEqual({ lamp: 1 });
    await versions.getByText('Version 3, in force').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(async () => expect((await client.tasks.get('light-5')).payload).toEqual({ lamp: 7 }));
  });

  it('is deleted only by who types its id', async () => {
    const client = await lighthouse('light-6');
    const page = await openConsole({ role: 'operator', path: '/tasks/light-6' });
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const sure = page.getByRole('button', { name: 'Delete the task' });
    expect(await sure.isDisabled()).toBe(true);
    await page.getByLabel('Type light-6 to confirm').fill('light-6');
    await sure.click();
    await page.waitForURL(/\/tasks$/);
    await expect(client.tasks.get('light-6')).rejects.toThrow();
  });

  it('is accessible in both themes, and fits a phone', async () => {
    const client = await lighthouse('light-7');
    await client.tasks.patch('light-7', { payload: { lamp: 7 } });
    for (const [name, tab] of [
      ['task', ''],
      ['task-runs', '?tab=runs'],
      ['task-versions', '?tab=versions'],
    ] as const) {
      const page = await openConsole({ path: `/tasks/${tab === '' ? 'report-sales-us' : 'light-7'}${tab}` });
      await page.getByRole('tabpanel').waitFor();
      await page.waitForLoadState('networkidle');
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 740 });
      await expectFits(page);
      await shoot(page, name);
    }
  });
});
