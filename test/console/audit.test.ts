import { describe, it } from 'vitest';
import { expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';

describe('the audit trail', () => {
  it('is filtered, and keeps its filters in the address', async () => {
    const page = await openConsole({ path: '/audit' });
    const table = page.getByRole('table', { name: 'Changes' });
    await table.getByText('token.create').first().waitFor();
    await page.getByLabel(/^Did/).fill('calendar');
    await table.getByText('token.create').first().waitFor({ state: 'detached' });
    await page.waitForURL(/action=calendar/);
  });

  it('is not for viewers', async () => {
    const page = await openConsole({ role: 'viewer', path: '/audit' });
    await page
      .getByRole('alert')
      .getByText(/needs the role admin/)
      .waitFor();
  });

  it('is accessible in both themes, and fits a phone', async () => {
    const page = await openConsole({ path: '/audit' });
    await page.getByRole('table', { name: 'Changes' }).getByText('token.create').first().waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'audit');
    await page.getByText('token.create').first().click();
    await page.getByText('Request', { exact: true }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'audit-entry');
  });
});
