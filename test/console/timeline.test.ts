import { describe, expect, it } from 'vitest';
import { expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';
import { openOwnTenant } from './support/own-tenant.ts';

const hourly = (minute: number) => ({ kind: 'cron' as const, expressions: [`${minute} * * * *`] });

describe('the timeline', () => {
  it('shows what meets at :00, which tasks they are, and leads to them', async () => {
    const { client, open } = await openOwnTenant('/timeline');
    for (const id of ['copy-a', 'copy-b', 'copy-c'])
      await client.tasks.put(id, {
        name: `Nightly ${id}`,
        handler: 'mail.send',
        schedule: hourly(0),
        tags: ['copies'],
      });
    await client.tasks.put('half-past', { name: 'At half past', handler: 'mail.send', schedule: hourly(30) });
    const page = await open();
    await page.getByText('96 firings of 4 tasks to come').waitFor();
    await page.getByText('75 % of the firings of the next 24 hours come at :00').waitFor();
    const busiest = page.getByRole('table', { name: 'Busiest minutes to come' });
    await busiest.getByText('3 firings').first().waitFor();

    await page.getByLabel('Tag').fill('copies');
    await page.keyboard.press('Enter');
    await page.waitForURL(/tag=copies/);
    await page.getByText('72 firings of 3 tasks to come').waitFor();

    const load = page.getByRole('region', { name: 'Load' });
    await load.getByRole('button', { name: 'Load as a table' }).click();
    await load
      .getByRole('table', { name: 'Load' })
      .getByText('Nightly copy-a, Nightly copy-b')
      .first()
      .waitFor();
    await busiest.getByRole('link', { name: 'Nightly copy-b' }).first().click();
    await page.waitForURL(/\/console\/tasks\/copy-b$/);
  });

  it('is looked into closer, bar by bar', async () => {
    const page = await openConsole({ path: '/timeline' });
    const load = page.getByRole('region', { name: 'Load' });
    const chart = load.getByRole('img', { name: 'Load' });
    await chart.waitFor();
    await page
      .getByRole('radiogroup', { name: 'Hours to either side' })
      .getByText('1h', { exact: true })
      .click();
    await page.waitForURL(/zoom=1h/);
    await load.getByText('A bar is a minute').waitFor();
    const box = await chart.boundingBox();
    if (!box) throw new Error('the chart has no place');
    await chart.click({ position: { x: box.width * 0.75, y: box.height / 2 } });
    await page.waitForURL(/bin=/);
    const chosen = page.getByRole('region', { name: 'The bar that is chosen' });
    await chosen.getByRole('link').first().waitFor();
    expect(await chosen.getByRole('link').first().getAttribute('href')).toMatch(/^\/console\/tasks\//);
    await page.getByRole('button', { name: 'Later' }).click();
    await page.waitForURL(/at=/);
  });

  it('is accessible in both themes, and fits a phone', async () => {
    const page = await openConsole({ path: '/timeline' });
    await page.getByRole('img', { name: 'When in the hour' }).waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'timeline');
  });
});
