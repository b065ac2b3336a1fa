import { type Browser, type BrowserContext, errors, type Page } from 'playwright-core';

export interface Site {
  url: string;
  token: string;
}

/** What a page must show before somebody can work with it. */
export interface Content {
  selector: string;
  /** Within it. */
  text?: string;
  /** So many of them at least. @default 1 */
  atLeast?: number;
  /** And no more. */
  atMost?: number;
}

/** Runs before the page does: when somebody last did something, and the slowest answer to it (Event Timing). */
const WATCH = `
  for (const type of ['keydown', 'pointerdown'])
    addEventListener(type, (event) => { globalThis.lastInputAt = event.timeStamp; }, true);
  globalThis.slowestInput = 0;
  new PerformanceObserver((list) => {
    for (const { duration, interactionId } of list.getEntries())
      if (interactionId) globalThis.slowestInput = Math.max(globalThis.slowestInput, duration);
  }).observe({ type: 'event', durationThreshold: 16 });
`;
/** Looked for in each frame; resolves with the milliseconds since \`from\`. */
const AWAIT_CONTENT = `({ selector, text, atLeast, atMost, from }) => new Promise((resolve) => {
  const look = () => {
    const found = [...document.querySelectorAll(selector)]
      .filter((one) => text === undefined || one.textContent.includes(text)).length;
    if (found >= atLeast && found <= atMost)
      resolve(performance.now() - (from === 'input' ? globalThis.lastInputAt : 0));
    else requestAnimationFrame(look);
  };
  look();
})`;
const PATIENCE_MS = 60_000;

export async function openContext(browser: Browser, { url, token }: Site): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1_280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(`sessionStorage.setItem('escapement.token', ${JSON.stringify(token)})`);
  await context.addInitScript(WATCH);
  return context;
}

/** In ms: from the beginning of the visit, or from what somebody did last, to the first frame that shows it. */
export async function shown(page: Page, content: Content, from: 'visit' | 'input'): Promise<number> {
  const { selector, text, atLeast = 1, atMost = Number.MAX_SAFE_INTEGER } = content;
  const told = JSON.stringify({ selector, text, atLeast, atMost, from });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      page.evaluate<number>(`(${AWAIT_CONTENT})(${told})`),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new errors.TimeoutError(`never shown: ${told}`)), PATIENCE_MS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** In ms, since the page began: of the slowest answer to a key or a click. */
export const slowestInput = (page: Page): Promise<number> => page.evaluate<number>('globalThis.slowestInput');
