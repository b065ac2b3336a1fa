import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';
import { openOwnTenant } from './support/own-tenant.ts';

/** A busy machine takes its time. */
const PATIENCE = { timeoutMs: 60_000 };
const NEVER = { kind: 'cron' as const, expressions: ['0 0 29 2 *'] };

describe('Pulse', () => {
  it('says that all is well, and names what fails as soon as it does, with the way there', async () => {
    const { client, open } = await openOwnTenant('/');
    const page = await open();
    await page.getByRole('heading', { level: 1, name: 'Pulse' }).waitFor();
    await page.getByRole('status').getByText('Nothing needs a person').waitFor();

    await client.tasks.put('broken-invoice', {
      name: 'Broken invoice',
      handler: 'billing.invoice',
      payload: { customer: 'C-1', card: 'declined' },
      schedule: NEVER,
      retry: { limit: 0 },
    });
    await client.tasks.trigger('broken-invoice');
    const needs = page.getByRole('region', { name: 'What needs a person' });
    await needs.getByText(/1 dead letter of Broken invoice in default/).waitFor();
    await page.getByRole('link', { name: /^Dead 1 / }).waitFor();
    const redrive = needs.getByRole('link', { name: 'Redrive or resolve' });
    expect(await redrive.getAttribute('href')).toMatch(/\/console\/dead-letters\/default\/[0-9a-f]{16}$/);
    await needs.getByRole('link', { name: 'Broken invoice' }).click();
    await page.waitForURL(/\/console\/tasks\/broken-invoice$/);
  });

  it('tells what a stop rule disabled, though of many tasks only a part is looked through, until somebody looks on', async () => {
    const { client, open } = await openOwnTenant('/settings');
    await client.tasks.put('gave-up', {
      name: 'Gave up',
      handler: 'billing.invoice',
      payload: { customer: 'C-1', card: 'declined' },
      schedule: NEVER,
      retry: { limit: 0 },
      stop: { afterConsecutiveFailures: 1 },
    });
    await client.tasks.put('resting', { name: 'Resting', handler: 'health.probe', schedule: NEVER });
    await client.tasks.pause('resting');
    await client.tasks.trigger('gave-up');
    await eventually(
      async () => expect((await client.tasks.get('gave-up')).status).toBe('disabled'),
      PATIENCE,
    );

    const page = await open();
    // As of a tenant with more tasks than a request looks through.
    await page.route('**/v1/tasks?*', async (route) => {
      const url = new URL(route.request().url());
      if (!url.searchParams.has('cursor'))
        return route.fulfill({ json: { items: [], nextCursor: 'behind' } });
      url.searchParams.delete('cursor');
      return route.continue({ url: url.href });
    });
    await page.getByRole('link', { name: /^Pulse/ }).click();
    const needs = page.getByRole('region', { name: 'What needs a person' });
    await needs.getByText(/Gave up has no next run: it was disabled by its stop rule/).waitFor();
    const idle = page.getByRole('region', { name: 'Tasks without a next run' });
    await idle.getByText('1+').waitFor();
    expect(await idle.getByText('0+').count()).toBe(2);
    await idle.getByRole('button', { name: 'Look through more' }).click();
    await idle.getByText(/^1$/).nth(1).waitFor();
    expect(await idle.getByText('+').count()).toBe(0);
    await idle.getByRole('link', { name: 'paused' }).click();
    await page.waitForURL(/\/tasks\?status=paused/);
  });

  it('draws how things went, says it in words and as a table, for the range that the address holds', async () => {
    const page = await openConsole({ path: '/?range=7d' });
    const throughput = page.getByRole('region', { name: 'Throughput' });
    await throughput.getByRole('img', { name: 'Throughput' }).waitFor();
    await throughput.getByText(/\d+ runs ended, .* by the hour/).waitFor();
    await throughput.getByRole('button', { name: 'Throughput as a table' }).click();
    const table = throughput.getByRole('table', { name: 'Throughput' });
    await table.getByRole('columnheader', { name: 'success' }).waitFor();
    expect(await table.getByRole('row').count()).toBeGreaterThan(7 * 24);
    await page.getByRole('radiogroup', { name: 'How far back' }).getByText('1h').click();
    await page.waitForURL(/range=1h/);
    await throughput.getByText(/by the minute/).waitFor();
  });

  it('is accessible in both themes, and fits a phone', async () => {
    const page = await openConsole();
    await page.getByRole('region', { name: 'What needs a person' }).waitFor();
    await page.getByRole('img', { name: 'Throughput' }).waitFor();
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'pulse');
  });
});
