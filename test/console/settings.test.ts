import { describe, expect, it } from 'vitest';
import { createClient, ProblemError } from '../../shared/client/client.ts';
import { consoleUnderTest, expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';

describe('settings', () => {
  it('make a token, shown once, and revoke it', async () => {
    const { url } = consoleUnderTest();
    const page = await openConsole({ path: '/settings?section=tokens' });
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('nightly-ci');
    await page.getByRole('button', { name: 'Make', exact: true }).click();
    const token = await page.locator('[data-token]').innerText();
    const client = createClient({ url, token });
    expect(await client.me()).toMatchObject({ role: 'viewer', tenant: 'root' });
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.getByText(token).count()).toBe(0);

    await page.getByRole('button', { name: 'Revoke nightly-ci' }).click();
    await page.getByLabel('Type nightly-ci to confirm').fill('nightly-ci');
    await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
    await page.getByText('nightly-ci is revoked').waitFor();
    const refused = await client.me().catch((error: unknown) => error);
    expect(refused instanceof ProblemError && refused.status).toBe(401);
  });

  it('say how many tasks use a calendar before it is changed, and keep it while they do', async () => {
    const { url, tokens } = consoleUnderTest();
    const client = createClient({ url, token: tokens.admin });
    await client.calendars.put('console-closed', { name: 'Closed days', weekdays: ['sun'] });
    const schedule = {
      kind: 'cron',
      expressions: ['0 9 * * *'],
      calendars: [{ id: 'console-closed' }],
    } as const;
    await client.tasks.put('console-closed-task', {
      name: 'Closed',
      handler: 'health.probe',
      schedule: { ...schedule, expressions: [...schedule.expressions], calendars: [...schedule.calendars] },
    });
    const page = await openConsole({ path: '/settings?section=calendars' });
    await page.getByText('Closed days').click();
    await page.getByText('1 task uses it').waitFor();
    expect(await page.getByRole('button', { name: 'In use' }).isDisabled()).toBe(true);
    await page.getByRole('checkbox', { name: 'sat' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Closed days holds/).waitFor();
    expect((await client.calendars.get('console-closed')).weekdays.toSorted()).toEqual(['sat', 'sun']);
    await client.tasks.delete('console-closed-task');
    await client.calendars.delete('console-closed');
  });

  it('say what this deployment is, what drives it, and where its interface is described', async () => {
    const { url, tokens } = consoleUnderTest();
    const { version } = await createClient({ url, token: tokens.viewer }).health();
    const page = await openConsole({ role: 'viewer', path: '/settings' });
    const about = page.getByRole('region', { name: 'Deployment' });
    await about.getByText(version, { exact: true }).waitFor();
    await about.getByText(url, { exact: true }).waitFor();
    const clocks = page.getByRole('region', { name: 'Clocks' });
    await clocks.getByText('ticking').first().waitFor();
    const queues = page.getByRole('table', { name: 'Queues' });
    for (const name of ['high', 'default', 'low'])
      await queues.getByRole('cell', { name, exact: true }).waitFor();
    for (const name of ['Documentation', 'OpenAPI']) {
      const href = (await about.getByRole('link', { name }).getAttribute('href')) ?? '';
      expect((await page.request.get(href)).status()).toBe(200);
    }
  });

  it('show viewers neither tokens nor tenants', async () => {
    const page = await openConsole({ role: 'viewer', path: '/settings?section=tokens' });
    await page.getByRole('tab', { name: 'Handlers' }).waitFor();
    expect(await page.getByRole('tab', { name: /Tokens|Tenants/ }).count()).toBe(0);
  });

  it('are accessible in both themes, and fit a phone', async () => {
    const page = await openConsole({ path: '/settings?section=tokens' });
    for (const name of ['About', 'Handlers', 'Calendars', 'Variables', 'Tenants', 'Tokens']) {
      await page.getByRole('tab', { name }).click();
      await page.getByRole('tabpanel').waitFor();
      await expectAccessible(page);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'settings');
    await page.getByRole('tab', { name: 'About' }).click();
    await page.getByRole('table', { name: 'Queues' }).getByText('default').waitFor();
    await expectFits(page);
    await shoot(page, 'settings-about');
  });
});
