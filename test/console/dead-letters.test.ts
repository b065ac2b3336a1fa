import { describe, expect, it } from 'vitest';
import type { Client } from '../../shared/client/client.ts';
import { eventually } from '../support/eventually.ts';
import { expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';
import { openOwnTenant } from './support/own-tenant.ts';

const NEVER = { kind: 'cron' as const, expressions: ['0 0 29 2 *'] };
/** A busy machine takes its time. */
const PATIENCE = { timeoutMs: 60_000 };
const ENOUGH_RUNS = 2;

/** Tasks that die, each of something else. */
const DYING = {
  invoices: { handler: 'billing.invoice', payload: { card: 'declined' } },
  sales: { handler: 'reports.export', payload: { bucket: 'reports-prd' } },
  feed: { handler: 'imports.feed', payload: { supplier: 'relecloud' } },
} as const;

/** Two dead letters of each kind. */
async function withLetters(client: Client, names: readonly (keyof typeof DYING)[]) {
  for (const name of names) {
    await client.tasks.put(name, { name, ...DYING[name], schedule: NEVER, retry: { limit: 0 } });
    for (let n = 0; n < ENOUGH_RUNS; n++) await client.tasks.trigger(name);
  }
  await eventually(async () => {
    const found = await client.queues.deadLetters('default').toArray();
    expect(found).toHaveLength(names.length * ENOUGH_RUNS);
  }, PATIENCE);
}

describe('Dead letters', () => {
  it('are grouped by what they died of', async () => {
    const { client, open } = await openOwnTenant('/dead-letters?queue=default');
    await withLetters(client, ['invoices', 'sales', 'feed']);
    const page = await open();
    const table = page.getByRole('table', { name: 'Groups of dead letters' });
    for (const error of ['CardDeclinedError', 'NoSuchBucketError', 'MissingColumnError'])
      await table.getByRole('row', { name: new RegExp(`${error}.*2`) }).waitFor();
    expect(await table.getByRole('row').count()).toBe(4);
    await table.getByRole('link', { name: 'MissingColumnError' }).click();
    await page
      .getByText('feed.csv of relecloud has no column "price_net", but "net_price"')
      .first()
      .waitFor();
    await eventually(async () => {
      const rows = page.getByRole('table', { name: 'Runs that died of it' }).getByRole('row');
      expect(await rows.count()).toBe(3);
    });
  });

  it('go again behind a canary once their cause is put right, and stay when it is not', async () => {
    const { client, open } = await openOwnTenant('/dead-letters');
    await withLetters(client, ['sales']);
    const page = await open();
    await page.getByRole('link', { name: 'NoSuchBucketError' }).click();
    await page.getByRole('button', { name: 'Redrive with a canary' }).click();
    await page.getByText('The canary did not succeed: the others stay where they are').waitFor();
    // Who comes later is told as well.
    await page.getByRole('link', { name: 'Dead letters of default' }).click();
    await page.getByRole('link', { name: 'NoSuchBucketError' }).click();
    await page.getByText('The canary did not succeed: the others stay where they are').waitFor();
    await client.tasks.patch('sales', { payload: { bucket: 'reports-prod' } });
    await page.getByRole('button', { name: 'Redrive with a canary' }).click();
    await page.getByText('The canary succeeded, and the others were let go').waitFor();
    await page.getByText('None of these is open any more.').waitFor();
    // The canary's own page leads back to how its redrive went.
    await page.getByRole('status').getByRole('link').click();
    await page
      .getByRole('row', { name: /^Canary/ })
      .getByRole('link')
      .click();
    await page.getByText('The canary succeeded, and the others were let go').waitFor();
    await eventually(async () => {
      const runs = await client.executions.list({ taskId: 'sales' }).toArray();
      expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
    }, PATIENCE);
  });

  it('go again with a change of their payload', async () => {
    const { client, open } = await openOwnTenant('/dead-letters');
    await withLetters(client, ['invoices']);
    const page = await open();
    await page.getByRole('button', { name: /^Actions for default/ }).click();
    await page.getByRole('menuitem', { name: 'Redrive with a change of payload' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Change').fill('{ "card": "valid" }');
    await dialog.getByLabel(/as a canary/).uncheck();
    await dialog.getByRole('button', { name: 'Redrive' }).click();
    await page.getByText('2 runs run again').waitFor();
    await page.getByText('No dead letters: nothing has given up.').waitFor();
    await eventually(async () => {
      const runs = await client.executions.list({ taskId: 'invoices' }).toArray();
      expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
    }, PATIENCE);
  });

  it('are resolved with a note, and reopened', async () => {
    const { client, open } = await openOwnTenant('/dead-letters');
    await withLetters(client, ['feed']);
    const page = await open();
    await page.getByRole('link', { name: 'MissingColumnError' }).click();
    await page.getByRole('button', { name: 'More…' }).click();
    await page.getByRole('menuitem', { name: 'Resolve' }).click();
    await page.getByLabel('Note').fill('they send the old column again');
    await page.getByRole('dialog').getByRole('button', { name: 'Resolve' }).click();
    await page.getByText('2 runs resolved').waitFor();
    const [one] = await client.queues.deadLetters('default', { resolution: 'resolved' }).toArray();
    expect(one?.resolution?.note).toBe('they send the old column again');
    await page.getByRole('link', { name: 'Dead letters of default' }).click();
    await page.getByRole('radiogroup', { name: 'Which' }).getByText('Resolved').click();
    await page.getByRole('link', { name: 'MissingColumnError' }).click();
    await page.getByRole('button', { name: 'Reopen' }).click();
    await page.getByText('2 runs open again').waitFor();
    expect(await client.queues.deadLetters('default').toArray()).toHaveLength(2);
  });

  it('are ignored, those to come as well, until that is taken back', async () => {
    const { client, open } = await openOwnTenant('/dead-letters');
    await withLetters(client, ['invoices']);
    const page = await open();
    await page.getByRole('button', { name: /^Actions for default/ }).click();
    await page.getByRole('menuitem', { name: 'Ignore' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Ignore' }).click();
    await page.getByText('2 runs ignored').waitFor();
    const { id } = await client.tasks.trigger('invoices');
    await eventually(
      async () => expect((await client.executions.get(id)).resolution?.kind).toBe('ignored'),
      PATIENCE,
    );
    await page.getByRole('radiogroup', { name: 'Which' }).getByText('Ignored').click();
    await page.getByRole('button', { name: /^Reopen / }).click();
    await page.getByText('What dies of it comes into the list again').waitFor();
    expect(await client.queues.ignored('default').toArray()).toEqual([]);
  });

  it('are purged by an admin who types the name of the queue', async () => {
    const { client, open } = await openOwnTenant('/dead-letters');
    await withLetters(client, ['invoices']);
    const page = await open('admin');
    await page.getByRole('button', { name: 'Purge…' }).click();
    await page.getByRole('menuitem', { name: 'All 2 of default' }).click();
    const dialog = page.getByRole('dialog', { name: 'Purge the dead letters of default' });
    const purge = dialog.getByRole('button', { name: 'Purge 2' });
    expect(await purge.isDisabled()).toBe(true);
    await dialog.getByLabel('Type default to confirm').fill('default');
    await purge.click();
    await page.getByText('2 dead letters of default are gone').waitFor();
    expect(await client.queues.deadLetters('default').toArray()).toEqual([]);
  });

  it('offer a viewer nothing to do, and an operator no purge', async () => {
    const { client, open } = await openOwnTenant('/dead-letters');
    await withLetters(client, ['invoices']);
    const operator = await open();
    await operator.getByRole('button', { name: /^Actions for default/ }).waitFor();
    expect(await operator.getByRole('button', { name: 'Purge…' }).count()).toBe(0);
    const viewer = await open('viewer');
    await viewer.getByRole('link', { name: 'CardDeclinedError' }).waitFor();
    expect(await viewer.getByRole('button', { name: /Actions for|Purge/ }).count()).toBe(0);
    await viewer.getByRole('link', { name: 'CardDeclinedError' }).click();
    await viewer.getByRole('table', { name: 'Runs that died of it' }).waitFor();
    expect(await viewer.getByRole('button', { name: /Redrive|More|Select/ }).count()).toBe(0);
    expect(await viewer.getByRole('checkbox').count()).toBe(0);
  });

  it('are accessible in both themes, and fit a phone, the list and a group', async () => {
    const page = await openConsole({ path: '/dead-letters' });
    const first = page.getByRole('table', { name: 'Groups of dead letters' }).getByRole('link').first();
    for (const name of ['dead-letters', 'dead-letter-group']) {
      if (name === 'dead-letter-group') {
        await first.click();
        await page.getByRole('table', { name: 'Runs that died of it' }).waitFor();
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
