import type { Request } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Client } from '../../shared/client/client.ts';
import { eventually } from '../support/eventually.ts';
import { expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';
import { openOwnTenant } from './support/own-tenant.ts';

const NEVER = { kind: 'cron' as const, expressions: ['0 0 29 2 *'] };
/** A busy machine takes its time. */
const PATIENCE = { timeoutMs: 60_000 };
const NO_RETRY = { limit: 0 };
const DECLINED = { customer: 'C-7', card: 'declined' };

const invoice = (client: Client, id: string, payload: object) =>
  client.tasks.put(id, {
    name: `Invoice ${id}`,
    handler: 'billing.invoice',
    payload,
    schedule: NEVER,
    retry: NO_RETRY,
    tags: ['billing'],
  });

async function ended(client: Client, id: string) {
  return eventually(async () => {
    const run = await client.executions.get(id);
    expect(run.finishedAt).not.toBeNull();
    return run;
  }, PATIENCE);
}

describe('Runs', () => {
  it('finds the runs of a task that fails by filters that the address keeps', async () => {
    const { client, open } = await openOwnTenant('/runs');
    await invoice(client, 'good', {});
    await invoice(client, 'bad', DECLINED);
    for (const id of ['good', 'bad']) await ended(client, (await client.tasks.trigger(id)).id);
    const page = await open();
    const table = page.getByRole('table', { name: 'Runs' });
    await table.getByRole('link', { name: 'Invoice good' }).waitFor();
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'dead' }).click();
    await table.getByRole('link', { name: 'Invoice good' }).waitFor({ state: 'detached' });
    await page.waitForURL(/status=dead/);
    await page.getByLabel('Tag').fill('billing');
    await page.waitForURL(/tag=billing/);
    await page.reload();
    await table.getByText('The card of customer C-1042 was declined').waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
  });

  it('shows a new run by itself, on top', async () => {
    const { client, open } = await openOwnTenant('/runs');
    await invoice(client, 'first', {});
    await ended(client, (await client.tasks.trigger('first')).id);
    const page = await open();
    const rows = page.getByRole('table', { name: 'Runs' }).getByRole('row');
    await rows.getByRole('link', { name: 'Invoice first' }).waitFor();
    await invoice(client, 'second', {});
    await client.tasks.trigger('second');
    await rows.nth(1).getByRole('link', { name: 'Invoice second' }).waitFor();
    await rows.nth(1).getByText('success').waitFor();
  });

  it('does not follow what happens while its tab is hidden', async () => {
    const { client, open } = await openOwnTenant('/runs');
    await invoice(client, 'seen', {});
    await client.tasks.trigger('seen');
    const page = await open();
    await page.getByRole('link', { name: 'Invoice seen' }).waitFor();
    const isStream = (request: Request) => request.url().endsWith('/v1/events');
    const turn = (state: 'hidden' | 'visible') =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await Promise.all([page.waitForEvent('requestfailed', isStream), turn('hidden')]);
    await Promise.all([page.waitForEvent('request', isStream), turn('visible')]);
  });

  it('retries all that match, after it has said how many', async () => {
    const { client, open } = await openOwnTenant('/runs?status=dead');
    await invoice(client, 'many', DECLINED);
    for (const n of [1, 2, 3])
      await ended(client, (await client.tasks.trigger('many', { delaySeconds: n / 10 })).id);
    await invoice(client, 'many', {});
    const page = await open();
    await page.getByRole('link', { name: 'Invoice many' }).first().waitFor();
    await page.getByRole('button', { name: 'All that match…' }).click();
    await page.getByRole('menuitem', { name: 'Retry' }).click();
    const dialog = page.getByRole('dialog', { name: 'Retry runs that match' });
    await dialog.getByText('Retry 3 of 3 runs that match?').waitFor();
    await dialog.getByRole('button', { name: 'Retry 3' }).click();
    await dialog.getByText('3 done, 0 unchanged, 0 failed.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('No run matches these filters.').waitFor();
  });
});

describe('the page of a run', () => {
  it('says how it ended and what each attempt failed of, and retries it with a payload put right', async () => {
    const { client, open } = await openOwnTenant('/runs');
    await invoice(client, 'wrong', DECLINED);
    const run = await ended(client, (await client.tasks.trigger('wrong')).id);
    const page = await open();
    await page.getByRole('link', { name: 'Invoice wrong' }).click();
    await page.waitForURL(
      (url) => url.pathname.endsWith(encodeURIComponent(run.id)) || url.pathname.endsWith(run.id),
    );
    await page.getByText(/^Dead at/).waitFor();
    await page.getByRole('listitem').getByText('CardDeclinedError').waitFor();
    await page.getByRole('img', { name: /^waited .*, ran/ }).waitFor();
    await page.getByText('"card": "declined"').waitFor();
    await page.getByText(`filter executionId = "${run.id}"`).waitFor();

    await page.getByRole('button', { name: 'Retry with another payload' }).click();
    const dialog = page.getByRole('dialog');
    const payload = dialog.getByRole('textbox', { name: 'Payload' });
    await payload.fill('[1]');
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await dialog.getByText(/^payload: /).waitFor();
    await payload.fill('{ "customer": "C-7", "card": "valid" }');
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('Payload of this run').waitFor();
    await page.getByText('once, by hand').waitFor();
    await page.getByText('Result', { exact: true }).waitFor();
    expect((await client.executions.get(run.id)).status).toBe('success');
  });

  it('cancels a run that waits, and takes that back', async () => {
    const { client, open } = await openOwnTenant('/runs');
    await invoice(client, 'later', {});
    const { id } = await client.tasks.trigger('later', { delaySeconds: 3_000 });
    const page = await open();
    await page.getByRole('button', { name: `Actions for ${id}` }).click();
    await page.getByRole('menuitem', { name: 'Cancel' }).click();
    await page.getByText('The run is cancelled').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').waitFor();
    expect((await client.executions.get(id)).status).not.toBe('cancelled');
  });

  it('tells a viewer how large payload and result are, and offers nothing to do', async () => {
    const { client, open } = await openOwnTenant('/runs');
    await invoice(client, 'seen', { customer: 'C-9' });
    await ended(client, (await client.tasks.trigger('seen')).id);
    const page = await open('viewer');
    const actions = page.getByRole('button', { name: /^Actions for/ });
    await actions.click();
    await page.getByRole('menuitem', { name: 'Open' }).waitFor();
    expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Open', 'All runs of this task']);
    expect(await page.getByRole('button', { name: 'All that match…' }).count()).toBe(0);
    await page.getByRole('menuitem', { name: 'Open' }).click();
    await page
      .getByText(/^Masked: \d+ bytes/)
      .nth(1)
      .waitFor();
    expect(await page.getByText('C-9').count()).toBe(0);
    expect(await page.getByRole('button', { name: /Retry|Cancel/ }).count()).toBe(0);
  });
});

describe('both pages of runs', () => {
  it('are accessible in both themes, and fit a phone', async () => {
    const page = await openConsole({ path: '/runs?status=dead' });
    const first = page.getByRole('table', { name: 'Runs' }).getByRole('link').first();
    for (const name of ['runs', 'run']) {
      if (name === 'run') {
        await first.click();
        await page.getByRole('heading', { name: 'Attempts' }).waitFor();
      } else await first.waitFor();
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 360, height: 740 });
      await expectFits(page);
      await page.setViewportSize({ width: 1_280, height: 900 });
      await shoot(page, name);
    }
  });
});
