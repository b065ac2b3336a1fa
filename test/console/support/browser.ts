import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import type { Role } from '../global-setup.ts';

export interface OpenOptions {
  /** Whose token is used; nobody: the login is shown. @default admin */
  role?: Role | 'nobody';
  /** @default light */
  theme?: 'light' | 'dark';
  /** In px. @default 1280 */
  width?: number;
  /** Below /console. @default '/' */
  path?: string;
  /** Of another engine than the common one. */
  url?: string;
}

const DESKTOP = { width: 1_280, height: 900 };
const PHONE = { width: 360, height: 740 };
const PATIENCE_MS = 20_000;
const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));

const provided = inject('console');
let browser: Promise<Browser> | undefined;

/** The engine under test and the tokens for it. */
export function consoleUnderTest() {
  if ('broken' in provided) throw new Error(`there is nothing to test: ${provided.broken}`);
  return provided;
}

/**
 * A page of the console in a browser of its own, as somebody of that role sees it. The test fails when the page has an
 * error, writes one to its console, or does what its content security policy forbids.
 */
export async function openConsole(options: OpenOptions = {}): Promise<Page> {
  const { role = 'admin', theme = 'light', width = DESKTOP.width, path = '/' } = options;
  const { tokens, browser: endpoint, ...common } = consoleUnderTest();
  browser ??= chromium.connect(endpoint);
  const context = await (await browser).newContext({
    baseURL: options.url ?? common.browserUrl ?? common.url,
    // Of an identity provider on this machine.
    ignoreHTTPSErrors: true,
    colorScheme: theme,
    viewport: { width, height: width < DESKTOP.width ? PHONE.height : DESKTOP.height },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(common.patienceMs ?? PATIENCE_MS);
  const page = await context.newPage();
  const problems = watch(page);
  onTestFinished(async () => {
    await context.close();
    expect(problems, 'errors of the page').toEqual([]);
  });
  if (role !== 'nobody') await keepToken(page, tokens[role]);
  await page.goto(`/console${path}`);
  return page;
}

/** As a login does, before the page itself is there. */
async function keepToken(page: Page, token: string): Promise<void> {
  const empty = '/console/empty';
  const body = '<link rel="icon" href="data:,">';
  await page.route(`**${empty}`, (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(empty);
  await page.evaluate((kept) => sessionStorage.setItem('escapement.token', kept), token);
}

function watch(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack ?? error)));
  page.on('console', (message) => {
    // A browser writes one for each answer that refuses something; the page shows that to whoever asked.
    const isRefusal = /status of 4\d\d/.test(message.text()) && message.location().url.includes('/v1/');
    if (message.type() === 'error' && !isRefusal) problems.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) problems.push(`${response.url()} answered ${response.status()}`);
  });
  return problems;
}

/** Of each rule that is broken. */
const SHOWN_NODES = 4;
/** WCAG 2.2, levels A and AA, as far as a machine can tell. */
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function expectAccessible(page: Page): Promise<void> {
  // Legacy mode: the other one opens a page of its own to put its findings together.
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).setLegacyMode(true).analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.slice(0, SHOWN_NODES).map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
  }));
  expect(found).toEqual([]);
}

/** Nothing is wider than the window, and no list than its place: a phone would have to be moved sideways to read it. */
export async function expectFits(page: Page): Promise<void> {
  // The navigation slides away when a window becomes narrow.
  await eventually(async () => {
    const html = page.locator('html');
    const { content, window } = await html.evaluate(({ scrollWidth, clientWidth }) => ({
      content: scrollWidth,
      window: clientWidth,
    }));
    const wide = await page
      .locator('main *')
      .evaluateAll(
        (all, edge) =>
          all.filter((one) => one.getBoundingClientRect().right > edge).map((one) => one.outerHTML),
        window,
      );
    const told = wide.slice(0, SHOWN_NODES).map((text) => text.slice(0, 300));
    expect(content, `wider than the window:\n${told.join('\n')}`).toBeLessThanOrEqual(window);
    const moved = await page
      .locator('main [data-stacking] .mantine-ScrollArea-viewport')
      .evaluateAll((lists) =>
        lists
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map((list) => list.querySelector('table')?.ariaLabel),
      );
    expect(moved, 'lists that would have to be moved sideways').toEqual([]);
  });
}

/** Pictures of the page in both themes, on a desk and on a phone, for people to look at: test/console/screenshots/. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const before = page.viewportSize() ?? DESKTOP;
  for (const [device, size] of Object.entries({ desk: DESKTOP, phone: PHONE })) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const path = `${SCREENSHOTS}${name}-${device}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}
