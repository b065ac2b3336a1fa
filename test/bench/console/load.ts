import type { Browser, Page, Request } from 'playwright-core';
import { median } from '../figures.ts';
import { PLACES, type Place } from './places.ts';
import { openContext, type Site, shown } from './visit.ts';

export interface Load {
  place: string;
  /** Of the page itself, before anything of it is kept: scripts and styles gzipped, as they come. */
  bytes: number;
  files: number;
  /** Asked of the API before the content was there. */
  calls: number;
  /** In ms, to content. */
  coldMs: number;
  againMs: number;
  /** From a click in the navigation; none where there is no link. */
  clickedMs: number | undefined;
}

export async function measureLoads(browser: Browser, site: Site, rounds: number): Promise<Load[]> {
  const all: Load[] = [];
  for (const place of PLACES) {
    const visits: Visit[] = [];
    for (let round = 0; round < rounds; round++) visits.push(await visit(browser, site, place));
    const of = (value: (visit: Visit) => number) => median(visits.map(value));
    const clicked = visits.flatMap(({ clickedMs }) => clickedMs ?? []);
    all.push({
      place: place.name,
      bytes: of(({ bytes }) => bytes),
      files: of(({ files }) => files),
      calls: of(({ calls }) => calls),
      coldMs: of(({ coldMs }) => coldMs),
      againMs: of(({ againMs }) => againMs),
      clickedMs: clicked.length > 0 ? median(clicked) : undefined,
    });
  }
  return all;
}

type Visit = Omit<Load, 'place'>;
/** Something else to come from. */
const ELSEWHERE = { path: '/settings', content: { selector: 'main [role="tabpanel"] p' } };
const OTHER_THAN_SETTINGS = { path: '/queues', content: { selector: 'table[aria-label="Queues"] tbody tr' } };

async function visit(browser: Browser, site: Site, place: Place): Promise<Visit> {
  const context = await openContext(browser, site);
  try {
    const page = await context.newPage();
    const seen: Request[] = [];
    page.on('request', (request) => seen.push(request));
    await page.goto(`/console${place.path}`, { waitUntil: 'commit' });
    const coldMs = await shown(page, place.content, 'visit');
    const calls = seen.filter((request) => isCall(request)).length;
    if (place.rest) await shown(page, place.rest, 'visit');
    const files = seen.filter((request) => !isCall(request));
    const sizes = await Promise.all(files.map(async (request) => (await request.sizes()).responseBodySize));
    await page.reload({ waitUntil: 'commit' });
    const againMs = await shown(page, place.content, 'visit');
    const clickedMs = place.link && (await clicked(page, place, place.link));
    return {
      bytes: sizes.reduce((a, b) => a + b, 0),
      files: files.length,
      calls,
      coldMs,
      againMs,
      clickedMs,
    };
  } finally {
    await context.close();
  }
}

const isCall = (request: Request): boolean => new URL(request.url()).pathname.startsWith('/v1/');

async function clicked(page: Page, place: Place, name: RegExp): Promise<number> {
  const from = place.path === ELSEWHERE.path ? OTHER_THAN_SETTINGS : ELSEWHERE;
  await page.goto(`/console${from.path}`);
  await shown(page, from.content, 'visit');
  await page.getByRole('navigation').getByRole('link', { name }).click();
  return shown(page, place.content, 'input');
}
