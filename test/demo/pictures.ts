import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Client } from '../../shared/client/client.ts';
import { launchBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { startDemo } from './start.ts';

/** The pictures of the console in the README: taken of a demo, into docs/pictures. */

const PICTURES = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const PATIENCE_MS = 300_000;
const TASKS = 400;
/** Made good for, so that its calendar has something to show: daily, a month. */
const SHOWN_TASK = 'report-stock';
const MONTH_MS = 34 * 86_400_000;

interface Picture {
  name: string;
  theme: 'light' | 'dark';
  path: string;
  /** There when all is drawn. */
  ready(page: Page): Promise<void>;
}

const chart = (page: Page, name: string) => page.getByRole('img', { name }).waitFor();
const PICTURES_TAKEN: readonly Picture[] = [
  {
    name: 'pulse',
    theme: 'light',
    path: '/',
    async ready(page) {
      await chart(page, 'Runs by hour and outcome');
      await page.getByRole('link', { name: /^Failing \d/ }).waitFor();
    },
  },
  {
    name: 'task',
    theme: 'light',
    path: `/tasks/${SHOWN_TASK}`,
    ready: (page) => page.getByRole('region', { name: 'Expected against actual' }).waitFor(),
  },
  {
    name: 'dead-letters',
    theme: 'light',
    path: '/dead-letters',
    ready: (page) => page.getByRole('link', { name: 'NoSuchBucketError' }).waitFor(),
  },
  {
    name: 'timeline',
    theme: 'dark',
    path: '/timeline',
    async ready(page) {
      await chart(page, 'Load');
      await page.getByText(/^[1-9][\d,]* runs ended; .* tasks to come\. /).waitFor();
    },
  },
];

const { engine, client } = await startDemo({ tasks: TASKS, say: console.log });
try {
  const [from, to] = [Date.now() - MONTH_MS, Date.now()].map((ms) => new Date(ms).toISOString());
  if (from && to) await client.tasks.backfill(SHOWN_TASK, { from, to, concurrency: 5 });
  await calm(client);
  const browser = await launchBrowser();
  mkdirSync(PICTURES, { recursive: true });
  for (const picture of PICTURES_TAKEN) await take(browser, picture);
  await browser.close();
} finally {
  await engine.dispose();
}

/** What the demo makes good for has run. */
async function calm(client: Client): Promise<void> {
  const open = { taskId: SHOWN_TASK, status: ['queued', 'running'] as ('queued' | 'running')[], limit: 1 };
  await eventually(
    async () => {
      if ((await client.executions.list(open).page()).items.length > 0) throw new Error('not all ran yet');
    },
    { timeoutMs: PATIENCE_MS },
  );
}

async function take(browser: Browser, { name, theme, path, ready }: Picture): Promise<void> {
  const context = await browser.newContext({
    baseURL: engine.url,
    colorScheme: theme,
    viewport: { width: 1_280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  await context.addInitScript(`sessionStorage.setItem('escapement.token', ${JSON.stringify(engine.token)})`);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`/console${path}`);
  await ready(page);
  await page.locator('main .mantine-Skeleton-root').first().waitFor({ state: 'detached' });
  await page.screenshot({ path: `${PICTURES}${name}.png`, animations: 'disabled' });
  console.log(`docs/pictures/${name}.png`);
  await context.close();
}
