import { describe, expect, it } from 'vitest';
import { createClient } from '../../shared/client/client.ts';
import { consoleUnderTest, expectAccessible, openConsole, shoot } from './support/browser.ts';

/** The API remembers for a while whom it let in. */
const REVOKED_WITHIN_MS = 60_000;

describe('logging in', () => {
  it('with a wrong token shows what the API says', async () => {
    const page = await openConsole({ role: 'nobody' });
    await page.getByLabel('API token').fill('esc_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText(/token/i).first().waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('with a right one leads to the page that was asked for, and logging out leaves nothing behind', async () => {
    const page = await openConsole({ role: 'nobody', path: '/tasks?search=invoices' });
    await page.getByLabel('API token').fill(consoleUnderTest().tokens.viewer);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('table', { name: 'Tasks' }).getByText('Invoices of the day').waitFor();
    expect(await page.evaluate(() => localStorage.getItem('escapement.token'))).toBeNull();
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByLabel('API token').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('is asked for anew, at the same place, when the token is revoked', async () => {
    const { url, tokens } = consoleUnderTest();
    const root = createClient({ url, token: tokens.admin });
    const { id, token } = await root.tokens.create({ role: 'viewer' });
    const page = await openConsole({ role: 'nobody', path: '/tasks' });
    await page.getByLabel('API token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
    await root.tokens.revoke(id);
    await page.getByLabel('API token').waitFor({ timeout: REVOKED_WITHIN_MS });
    expect(page.url()).toContain('/console/tasks');
  });

  it('is accessible', async () => {
    const page = await openConsole({ role: 'nobody' });
    await page.getByLabel('API token').waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await shoot(page, 'login');
  });
});

describe('the keyboard', () => {
  it('goes to a place by g and its letter, and anywhere by the palette', async () => {
    const page = await openConsole();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByLabel('Find').fill('order-confirm');
    await page.getByRole('dialog').getByText('Confirm orders').waitFor();
    await expectAccessible(page);
  });
});
