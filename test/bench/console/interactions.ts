import type { Browser, Page } from 'playwright-core';
import { median, percentile } from '../figures.ts';
import { type Content, openContext, type Site, shown, slowestInput } from './visit.ts';

export interface Interaction {
  what: string;
  medianMs: number;
  slowestMs: number;
}
export interface Interactions {
  rows: Interaction[];
  /** The browser's own measure of the slowest answer to a key or a click, in ms: median of the rounds. */
  slowestInputMs: number;
}

const NAME = 'Returns and their reasons';
const ROWS = 'table[aria-label="Tasks"] tbody tr';

interface Step {
  what: string;
  from: { path: string; content: Content };
  act(page: Page): Promise<void>;
  to: Content;
}
const tasks = { path: '/tasks', content: { selector: `${ROWS} time` } };

const STEPS: readonly Step[] = [
  {
    what: 'a name typed into the search of tasks → it alone is listed',
    from: tasks,
    act: async (page) => {
      await page.getByLabel('Search tasks').click();
      await page.keyboard.type('report-returns', { delay: 20 });
    },
    to: { selector: `${ROWS} a`, text: NAME },
  },
  {
    what: 'a status chosen → the tasks that have it',
    from: tasks,
    act: async (page) => {
      await page.getByRole('combobox', { name: 'Status' }).click();
      await page.getByRole('option', { name: 'paused' }).click();
    },
    to: { selector: `${ROWS} td`, text: 'paused' },
  },
  {
    what: 'the next page of tasks',
    from: tasks,
    act: (page) => page.getByRole('button', { name: 'Load more' }).click(),
    to: { selector: ROWS, atLeast: 100 },
  },
  {
    what: 'a task opened from the list',
    from: tasks,
    act: (page) => page.getByRole('link', { name: 'Branch 0001: cleanup' }).click(),
    to: { selector: 'h1', text: 'Branch 0001: cleanup' },
  },
  {
    what: 'Ctrl K → the palette',
    from: tasks,
    act: (page) => page.keyboard.press('Control+k'),
    to: { selector: 'input[aria-label="Find"]' },
  },
  {
    what: 'a name typed into the palette → the task',
    from: tasks,
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByLabel('Find', { exact: true }).waitFor();
      await page.keyboard.type('report-returns', { delay: 20 });
    },
    to: { selector: '[role="dialog"] button', text: NAME },
  },
  {
    what: 'j → the next row',
    from: tasks,
    act: (page) => page.keyboard.press('j'),
    to: { selector: 'tr[data-at]' },
  },
  {
    what: 'a kind of dead letters opened',
    from: {
      path: '/dead-letters',
      content: { selector: 'table[aria-label="Groups of dead letters"] tbody td time' },
    },
    act: (page) => page.getByRole('link', { name: 'NoSuchBucketError' }).click(),
    to: { selector: 'table[aria-label="Runs that died of it"] tbody td time' },
  },
];

export async function measureInteractions(
  browser: Browser,
  site: Site,
  rounds: number,
): Promise<Interactions> {
  const times = new Map(STEPS.map(({ what }) => [what, [] as number[]]));
  const slowest: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const context = await openContext(browser, site);
    const page = await context.newPage();
    let slowestOfRound = 0;
    for (const { what, from, act, to } of STEPS) {
      await page.goto(`/console${from.path}`);
      await shown(page, from.content, 'visit');
      await act(page);
      times.get(what)?.push(await shown(page, to, 'input'));
      slowestOfRound = Math.max(slowestOfRound, await slowestInput(page));
    }
    slowest.push(slowestOfRound);
    await context.close();
  }
  return {
    rows: [...times].map(([what, all]) => ({
      what,
      medianMs: median(all),
      slowestMs: percentile(all, 1),
    })),
    slowestInputMs: median(slowest),
  };
}
