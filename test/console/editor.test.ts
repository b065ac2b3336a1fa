import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createClient } from '../../shared/client/client.ts';
import { declaredBy } from '../support/cdk-snippet.ts';
import { eventually } from '../support/eventually.ts';
import { consoleUnderTest, expectAccessible, expectFits, openConsole, shoot } from './support/browser.ts';

const run = promisify(execFile);
const operator = () => {
  const { url, tokens } = consoleUnderTest();
  return createClient({ url, token: tokens.operator });
};
const CLI = fileURLToPath(new URL('../../shared/client/cli/main.ts', import.meta.url));
/** As somebody with `escapement` on the path and the environment of docs/cli.md. */
async function shell(command: string): Promise<void> {
  const { url, tokens } = consoleUnderTest();
  const env = { ...process.env, ESCAPEMENT_URL: url, ESCAPEMENT_TOKEN: tokens.operator };
  await run('sh', ['-c', `escapement() { '${process.execPath}' '${CLI}' "$@"; }\n${command}`], { env });
}
const MADE = ['console-report', 'console-copied', 'console-shared', 'console-ruled'];
afterAll(async () => {
  for (const id of MADE)
    await operator()
      .tasks.delete(id)
      .catch(() => undefined);
});

/** What is wrong with a field is said where it is, also to those who hear the page. */
async function expectFault(field: Locator, message: RegExp): Promise<void> {
  await eventually(async () => {
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const told = (await field.getAttribute('aria-describedby')) ?? '';
    const ids = told.split(' ').map((id) => `[id="${id}"]`);
    const said = await field.page().locator(ids.join(', ')).allInnerTexts();
    expect(said.join(' ')).toMatch(message);
  });
}

describe('the editor', () => {
  it('says whether it can be saved where nothing moves by it', async () => {
    const page = await openConsole({ role: 'operator', path: '/tasks/report-returns/edit' });
    const name = page.getByRole('textbox', { name: 'Name' });
    const topOf = () => name.evaluate((field) => field.getBoundingClientRect().top);
    await page.getByRole('status').getByText('Nothing to save yet').waitFor();
    const top = await topOf();
    await name.fill('');
    await page
      .getByRole('status')
      .getByText(/^1 problem/)
      .waitFor();
    expect(await topOf()).toBe(top);
    await name.fill('Returns');
    await page.getByRole('status').getByText('Can be saved').waitFor();
    expect(await topOf()).toBe(top);
  });

  it('makes a task by its form: with a live preview, problems at their fields, and the JSON in step', async () => {
    const page = await openConsole({ role: 'operator', path: '/tasks/new' });
    await page.getByRole('textbox', { name: 'Name' }).fill('Console report');
    expect(await page.getByRole('textbox', { name: 'Id' }).inputValue()).toBe('console-report');
    const preview = page.getByRole('region', { name: 'Preview of the schedule' });
    const cron = page.getByRole('textbox', { name: 'Cron expressions' });
    await cron.fill('61 2 * * *');
    await page.getByText(/line 1: /).waitFor();
    await page.getByText('schedule.expressions[0]').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await cron.fill('30 2 * * *');
    await preview.getByText(/02:30/).first().waitFor();

    const json = page.getByRole('textbox', { name: 'JSON' });
    expect(JSON.parse(await json.inputValue())).toMatchObject({
      name: 'Console report',
      schedule: { expressions: ['30 2 * * *'] },
    });
    await json.fill((await json.inputValue()).replace('30 2 * * *', '15 4 * * *'));
    expect(await cron.inputValue()).toBe('15 4 * * *');
    await preview.getByText(/04:15/).first().waitFor();

    await page.getByRole('tab', { name: 'What runs' }).click();
    await page.getByRole('combobox', { name: 'Handler' }).click();
    await page.getByRole('option', { name: 'health.probe' }).click();
    await page.getByText('Can be saved').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/tasks\/console-report/);
    expect(await operator().tasks.get('console-report')).toMatchObject({
      handler: 'health.probe',
      schedule: { kind: 'cron', expressions: ['15 4 * * *'], timezone: 'Europe/Berlin' },
    });
  });

  it('takes caps, limits and retry rules by rows, each fault at the field that has it, and the JSON in step', async () => {
    const schedule = { kind: 'cron' as const, expressions: ['0 3 * * *'] };
    await operator().tasks.put('console-ruled', { name: 'Ruled', handler: 'health.probe', schedule });
    const page = await openConsole({ role: 'operator', path: '/tasks/console-ruled/edit' });
    await page.getByRole('tab', { name: 'Rules' }).click();
    const json = page.getByRole('textbox', { name: 'JSON' });
    const inJson = async () => z.record(z.string(), z.unknown()).parse(JSON.parse(await json.inputValue()));

    await page.getByRole('button', { name: /^Shared limits/ }).click();
    await page.getByRole('button', { name: 'Add a cap' }).click();
    // Who adds one is where it is filled in.
    await page.keyboard.type('tag:billing');
    const limit = page.getByRole('group', { name: 'Cap 1' }).getByRole('textbox', { name: 'Runs' });
    await limit.fill('0');
    await expectFault(limit, />=1|at least 1|too small/i);
    await limit.fill('3');
    await page.getByRole('button', { name: 'Add a limit' }).click();
    await page.keyboard.type('api:crm');

    await page.getByRole('button', { name: /^Retries/ }).click();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.keyboard.type('Http*');
    const first = page.getByRole('group', { name: 'Rule 1' });
    const statuses = first.getByRole('combobox', { name: 'HTTP status' });
    await statuses.pressSequentially('404,9xx');
    await statuses.press('Enter');
    await expectFault(statuses, /1xx to 5xx/);
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.emulateMedia({ colorScheme: 'light' });
    await statuses.press('Backspace');
    await first.getByRole('combobox', { name: 'Then' }).click();
    await page.getByRole('option', { name: /^stop/ }).click();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const second = page.getByRole('group', { name: 'Rule 2' });
    await second.getByRole('textbox', { name: 'Base, s' }).fill('60');
    expect(await inJson()).toMatchObject({
      concurrency: [{ key: 'tag:billing', limit: 3 }],
      rateLimit: [{ key: 'api:crm', limit: 10, perSeconds: 60 }],
      retry: {
        rules: [
          { match: { errorType: 'Http*', httpStatus: [404] }, then: 'stop' },
          { match: {}, then: 'retry', baseSeconds: 60 },
        ],
      },
    });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'editor-rules');

    await page.getByRole('button', { name: 'Move Rule 2 up' }).click();
    await page.getByRole('button', { name: 'Remove Limit 1' }).click();
    await json.fill((await json.inputValue()).replace('"tag:billing"', '"tag:shared"'));
    const key = page.getByRole('group', { name: 'Cap 1' }).getByRole('textbox', { name: /^Key/ });
    expect(await key.inputValue()).toBe('tag:shared');
    await page.getByText('Can be saved').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/tasks\/console-ruled$/);
    expect(await operator().tasks.get('console-ruled')).toMatchObject({
      concurrency: [{ key: 'tag:shared', limit: 3 }],
      rateLimit: [],
      retry: { rules: [{ then: 'retry' }, { match: { errorType: 'Http*' }, then: 'stop' }] },
    });
  });

  it('copies the task as a command that makes it', async () => {
    const page = await openConsole({ role: 'operator', path: '/tasks/new' });
    await page.getByRole('textbox', { name: 'Name' }).fill("Console's copied");
    await page.getByRole('textbox', { name: 'Id' }).fill('console-copied');
    const json = page.getByRole('textbox', { name: 'JSON' });
    await json.fill((await json.inputValue()).replace('"handler": ""', '"handler": "health.probe"'));
    await page.getByText('Can be saved').waitFor();
    const copied = async (form: string): Promise<string> => {
      await page.getByRole('button', { name: 'Copy as' }).click();
      await page.getByRole('menuitem', { name: form }).click();
      await page.getByText(`Copied: ${form}`).waitFor();
      return z.string().parse(await page.evaluate('navigator.clipboard.readText()'));
    };
    const made = async () => (await operator().tasks.get('console-copied')).name;
    await shell(await copied('curl'));
    expect(await made()).toBe("Console's copied");
    await operator().tasks.delete('console-copied');
    await shell(await copied('Command line'));
    expect(await made()).toBe("Console's copied");
    await operator().tasks.delete('console-copied');
    const file = await copied('File for escapement apply');
    await shell(`escapement apply -f - <<'YAML'\n${file}\nYAML`);
    expect(await made()).toBe("Console's copied");
    const declared = declaredBy(await copied('CDK construct'));
    expect(declared).toMatchObject({ construct: 'ConsoleCopied', id: 'console-copied' });
    expect(declared.task).toEqual(JSON.parse(await json.inputValue()));
  });

  it('shows what somebody else changed meanwhile, and puts both together', async () => {
    const client = operator();
    const schedule = { kind: 'cron', expressions: ['0 3 * * *'] } as const;
    const task = {
      name: 'Shared',
      handler: 'health.probe',
      schedule: { ...schedule, expressions: [...schedule.expressions] },
    };
    await client.tasks.put('console-shared', task);
    const page = await openConsole({ role: 'operator', path: '/tasks/console-shared/edit' });
    await page.getByRole('textbox', { name: 'Name' }).fill('Shared by two');
    await page.getByText('Can be saved').waitFor();
    await client.tasks.put('console-shared', { ...task, tags: ['theirs'] });
    await page.getByRole('button', { name: 'Save' }).click();
    const theirs = page.getByRole('table', { name: 'What they changed' });
    await theirs.getByText('tags').waitFor();
    await page.getByRole('button', { name: 'Put my changes on top' }).click();
    await theirs.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL(/\/tasks\/console-shared$/);
    expect(await client.tasks.get('console-shared')).toMatchObject({
      name: 'Shared by two',
      tags: ['theirs'],
    });
  });

  it('asks before what was written is lost', async () => {
    const page = await openConsole({ role: 'operator', path: '/tasks/new' });
    await page.getByRole('textbox', { name: 'Name' }).fill('Half a task');
    await page.getByRole('link', { name: /^Runs/ }).click();
    await page.getByRole('button', { name: 'Stay' }).click();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Half a task');
    await page.getByRole('link', { name: /^Runs/ }).click();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL(/\/runs/);
  });

  it('is not for viewers', async () => {
    const page = await openConsole({ role: 'viewer', path: '/tasks/new' });
    await page.getByText('This needs the role operator').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });

  it('is accessible in both themes, and fits a phone', async () => {
    const page = await openConsole({ role: 'operator', path: '/tasks/new' });
    await page.getByRole('region', { name: 'Preview of the schedule' }).getByText(/09:00/).first().waitFor();
    for (const tab of ['What runs', 'Rules', 'Schedule']) {
      await page.getByRole('tab', { name: tab }).click();
      await expectAccessible(page);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectFits(page);
    await shoot(page, 'editor');
  });
});
