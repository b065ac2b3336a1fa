import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../shared/client/client.ts';
import { eventually } from '../support/eventually.ts';
import { consoleUnderTest, expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';

const { url, tokens } = consoleUnderTest();
const client = createClient({ url, token: tokens.admin });

/** Of a run that ended dead, where there is something of everything to see. */
async function deadRun() {
  return eventually(
    async () => {
      const [run] = (await client.executions.list({ status: 'dead', limit: 1 }).page()).items;
      if (!run) throw new Error('nothing is dead yet');
      return run;
    },
    { timeoutMs: 60_000 },
  );
}

const PLACES = [
  { name: 'tasks', title: 'Tasks', path: '/tasks' },
  { name: 'runs', title: 'Runs', path: '/runs' },
  { name: 'dead-letters', title: 'Dead letters', path: '/dead-letters' },
  { name: 'queues', title: /Queues/, path: '/queues' },
  { name: 'settings', title: 'Settings', path: '/settings' },
  { name: 'audit', title: 'Audit', path: '/audit' },
  { name: 'task', title: /./, path: '/tasks/report-returns' },
  { name: 'run', title: /./, path: async () => `/runs/${encodeURIComponent((await deadRun()).id)}` },
] as const;

const pathOf = async (path: string | (() => Promise<string>)) =>
  typeof path === 'string' ? path : await path();

/** What it shows first is there: its title, and no place that is still kept for something. */
async function settled(page: Page, title: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.locator('main > .mantine-Loader-root').waitFor({ state: 'detached' });
  await page.locator('td[colspan] .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
}

describe.each(PLACES)('$name', ({ name, title, path }) => {
  it('is accessible in both themes, and fits a phone', async () => {
    const page = await openConsole({ path: await pathOf(path) });
    await settled(page, title);
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await expectAccessible(page);
    await shoot(page, name);
  });
});

/** What changes something, by the words on its button. */
const ACTS =
  /^(pause|resume|run now|trigger|delete|edit|new|create|add|save|redrive|resolve|ignore|purge|retry|cancel|revoke|backfill)\b/i;

describe('a viewer', () => {
  it.each(PLACES.filter(({ name }) => name !== 'audit'))(
    'has nothing to change anything with: $name',
    async ({ title, path }) => {
      const page = await openConsole({ role: 'viewer', path: await pathOf(path) });
      await settled(page, title);
      // Not the names of tasks, which may begin with such a word.
      const names = new Set((await client.tasks.list().toArray()).map((task) => task.name));
      const buttons = await page.getByRole('button').or(page.getByRole('link')).allInnerTexts();
      expect(
        buttons.filter((words) => ACTS.test(words.trim()) && !names.has(words.trim().split('\n')[0] ?? '')),
      ).toEqual([]);
    },
  );

  it('is not led to what is for admins, and is told so by the API when going there all the same', async () => {
    const page = await openConsole({ role: 'viewer', path: '/audit' });
    await page.getByRole('alert').getByText(/403/).waitFor();
    expect(await page.getByRole('navigation').getByRole('link', { name: 'Audit' }).count()).toBe(0);
  });

  it('is refused by the API what the console hides', async () => {
    const viewer = createClient({ url, token: tokens.viewer });
    await expect(viewer.tasks.pause('report-returns')).rejects.toMatchObject({ status: 403 });
    await expect(viewer.tasks.trigger('report-returns')).rejects.toMatchObject({ status: 403 });
    await expect(viewer.queues.patch('default', { paused: true })).rejects.toMatchObject({ status: 403 });
    await expect(viewer.tokens.list().page()).rejects.toMatchObject({ status: 403 });
  });
});

describe('the keyboard alone', () => {
  it('goes everywhere, opens a task from the list and comes back', async () => {
    const page = await openConsole();
    await page.getByRole('heading', { level: 1, name: 'Pulse' }).waitFor();
    for (const [key, title] of [
      ['r', 'Runs'],
      ['d', 'Dead letters'],
      ['q', /Queues/],
      ['l', 'Timeline'],
      ['a', 'Audit'],
      ['s', 'Settings'],
      ['t', 'Tasks'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
    }
    await page.getByRole('table', { name: 'Tasks' }).getByText('Ask for reviews').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/console\/tasks\/[\w-]+$/);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
  });

  it('finds a task by the palette and is led to it: by Enter right after typing, and by moving to another', async () => {
    const page = await openConsole();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+k');
    const find = page.getByLabel('Find');
    await find.fill('report-returns');
    await page.keyboard.press('Enter');
    await page.waitForURL(/report-returns$/);
    await find.waitFor({ state: 'detached' });

    await page.keyboard.press('Control+k');
    await find.pressSequentially('dead let');
    await page.keyboard.press('Enter');
    await page.waitForURL(/dead-letters$/);
    await find.waitFor({ state: 'detached' });

    await page.keyboard.press('Control+k');
    await find.fill('report-');
    const second = page.getByRole('dialog').getByRole('button').nth(1);
    const id = (await second.getByText(/^report-/).innerText()).split(' ')[0];
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/tasks/${id}`);
  });
});
