import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';

const rowOf = (page: Page, queue: string) =>
  page.getByRole('table', { name: 'Queues' }).getByRole('row').filter({ hasText: queue });

describe('queues and limits', () => {
  it('throttle a queue in place, are taken back to the deployment, and are told by the audit trail', async () => {
    const page = await openConsole({ path: '/queues' });
    const row = rowOf(page, 'default');
    const button = row.getByRole('button', { name: 'Change workers of default' });
    const deployed = (await button.innerText()).trim();
    await button.click();
    await page.getByRole('textbox', { name: 'Workers of default' }).fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await row.getByText(`deployed: ${deployed}`).waitFor();
    expect((await button.innerText()).trim()).toBe('3');

    await button.click();
    await page.getByRole('button', { name: `Reset to ${deployed}` }).click();
    await row.getByText(`deployed: ${deployed}`).waitFor({ state: 'detached' });

    await page.goto('/console/audit?action=queue.patch&resource=queues%2Fdefault');
    const changes = page.getByRole('table', { name: 'Changes' });
    await changes.getByText('queue.patch').nth(1).click();
    const difference = page.getByRole('table', { name: 'What changed' });
    const workers = difference.getByRole('row').filter({ hasText: 'workers' });
    await workers.getByText(deployed, { exact: true }).waitFor();
    await workers.getByText('3', { exact: true }).waitFor();
    await page.getByText('Request', { exact: true }).waitFor();
  });

  it('pause a queue, and let it be taken back', async () => {
    const page = await openConsole({ path: '/queues' });
    const row = rowOf(page, 'low');
    await row.getByRole('button', { name: 'Pause low' }).click();
    await row.getByText('paused').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.getByText('paused').waitFor({ state: 'detached' });
  });

  it('are only looked at by viewers', async () => {
    const page = await openConsole({ role: 'viewer', path: '/queues' });
    await page.getByRole('table', { name: 'Queues' }).getByText('low').waitFor();
    expect(await page.getByRole('button', { name: /^(Change|Pause)/ }).count()).toBe(0);
  });

  it('are accessible in both themes, and fit a phone', async () => {
    const page = await openConsole({ path: '/queues' });
    await page.getByRole('table', { name: 'Queues' }).getByText('low').waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'queues');
  });
});
