import { describe, expect, it } from 'vitest';
import { expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';

describe('the list of tasks', () => {
  it('shows what there is, can be searched, and keeps the search in the address', async () => {
    const page = await openConsole({ role: 'viewer', path: '/tasks' });
    const table = page.getByRole('table', { name: 'Tasks' });
    await table.getByText('Invoices of the day').waitFor();
    await page.getByLabel('Search tasks').fill('warehouse-orders');
    await table.getByText('Orders to the warehouse').waitFor();
    await table.getByText('Invoices of the day').waitFor({ state: 'detached' });
    await page.waitForURL(/search=warehouse-orders/);
    await page.reload();
    await table.getByText('Orders to the warehouse').waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
  });

  it('is walked by j and k', async () => {
    const page = await openConsole({ path: '/tasks' });
    await page.getByText('Invoices of the day').waitFor();
    const at = () =>
      page.locator('tbody tr').evaluateAll((rows) => rows.findIndex((row) => row.matches('[data-at]')));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await at()).toBe(2);
    await page.keyboard.press('k');
    expect(await at()).toBe(1);
  });

  it('is a list of cards on a phone: read, selected, acted on and opened without moving sideways', async () => {
    const page = await openConsole({ role: 'operator', path: '/tasks', width: 360 });
    const card = page.getByRole('row').filter({ hasText: 'Invoices of the day' });
    await card.getByText('active').waitFor();
    await card.getByRole('checkbox').check();
    await page.getByText('1 selected').waitFor();
    await card.getByRole('button').last().click();
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await expectFits(page);
    await card.getByRole('link').click();
    await page.waitForURL(/\/tasks\/[\w-]+$/);
  });

  it('is accessible in both themes, and fits a phone', async () => {
    const page = await openConsole({ path: '/tasks' });
    await page.getByText('Invoices of the day').waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'tasks');
  });
});
